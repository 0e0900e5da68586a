"""Who calls: an Odoo API key names a user, and the work is done with his rights."""

import re

from odoo.http import request

from .errors import ApiError

GROUP = "sync_hub.group_user"
#: What a key may look like; anything else never reaches the database.
KEY = re.compile(r"[\x21-\x7e]{1,256}")


def _refused(word, message):
    return ApiError(401, word, message, headers={"WWW-Authenticate": "Bearer"})


def _user_id():
    """The id of the active user whose key came with the request.

    :raises ApiError: 401, the same for a wrong key and for a key of an archived user.
    """
    scheme, _space, key = request.httprequest.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not key.strip():
        raise _refused("missing_key", "Send an Odoo API key in the header: Authorization: Bearer <key>.")
    key = key.strip()
    # 17.0 knows no auth="bearer"; this is what its JSON-RPC asks, archived users left out.
    keys = request.env["res.users.apikeys"]
    found = KEY.fullmatch(key) and keys._check_credentials(scope="rpc", key=key)
    if not found:
        raise _refused("invalid_key", "The API key is wrong, expired or revoked, or its user is archived.")
    return found


def environment():
    """The environment of the caller, in all of his companies.

    :raises ApiError: 401 without a valid key, 403 when the user may not see the hub.
    """
    request.update_env(user=_user_id())
    user = request.env.user
    if not user.has_group(GROUP):
        name = request.env.ref(GROUP).sudo().full_name
        raise ApiError(403, "forbidden", f"The user of this API key is not in the group {name} ({GROUP}).")
    # His own company comes first: it is the one of what he makes.
    companies = (user.company_id | user.company_ids).ids
    request.update_env(context={"allowed_company_ids": companies})
    return request.env
