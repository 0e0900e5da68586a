import io
import re
from pathlib import Path

import polib
from odoo.tests import BaseCase, TransactionCase, tagged
from odoo.tools.translate import trans_export

from ..models.compat import SERIES

I18N = Path(__file__).parents[1] / "i18n"
#: What must be the same in a message and its translation.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[+.\d]*[sdgf]|%%|<[^>]+>|\{\w*\}")
LANGUAGES = ("ar", "es", "fr")


def messages_of(name):
    """{message: translation} of a file in i18n/."""
    return {entry.msgid: entry.msgstr for entry in polib.pofile(str(I18N / name)) if not entry.obsolete}


class TestTranslations(BaseCase):
    def test_complete_and_with_what_is_filled_in(self):
        messages = set(messages_of("sync_hub.pot"))
        for language in LANGUAGES:
            translated = messages_of(f"{language}.po")
            with self.subTest(language):
                self.assertEqual(sorted(messages - set(translated)), [])
                self.assertEqual([text for text in messages if not translated[text].strip()], [])
                differ = [
                    text
                    for text in messages
                    if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(translated[text]))
                ]
                self.assertEqual(differ, [])


@tagged("post_install", "-at_install")
class TestTemplate(TransactionCase):
    def test_every_text_of_the_addon_is_in_the_template(self):
        if SERIES != 17:
            self.skipTest("the template is made on 17.0, whose views are the source")
        exported = io.BytesIO()
        trans_export("", ["sync_hub"], exported, "po", self.env.cr)
        present = {entry.msgid for entry in polib.pofile(exported.getvalue().decode())}
        kept = set(messages_of("sync_hub.pot"))
        self.assertEqual(sorted(present - kept), [], "export the template anew and translate these")
        self.assertEqual(sorted(kept - present), [], "the addon says these no more")
