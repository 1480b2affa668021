"""What events of the audit are called, in Chinese."""

from __future__ import annotations

ACTIONS = {
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出",
    "second_factor_added": "启用动态口令",
    "second_factor_failed": "动态口令有误",
    "locked_out": "登录被锁定",
    "refused": "访问被拒绝",
    "password_set": "设置口令",
}
