import re
from pathlib import Path

import polib
from odoo.tests import BaseCase

I18N = Path(__file__).parents[1] / "i18n"
#: What must be the same in a message and its translation.
PLACEHOLDER = re.compile(r"%(?:\(\w+\))?[+.\d]*[sdgf]|%%|<[^>]+>|\{\w*\}")


class TestTranslations(BaseCase):
    def test_arabic_is_complete_and_keeps_what_is_filled_in(self):
        messages = {entry.msgid for entry in polib.pofile(str(I18N / "sync_hub.pot"))}
        arabic = {entry.msgid: entry.msgstr for entry in polib.pofile(str(I18N / "ar.po")) if not entry.obsolete}
        self.assertEqual(sorted(messages - set(arabic)), [])
        self.assertEqual([text for text in messages if not arabic[text].strip()], [])
        differ = [m for m in messages if sorted(PLACEHOLDER.findall(m)) != sorted(PLACEHOLDER.findall(arabic[m]))]
        self.assertEqual(differ, [])
