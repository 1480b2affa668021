"""Who may do what: permissions, and the roles that are sets of them. Pure.

A role is data: its Chinese name, what it is for in plain words, and its permissions.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """One thing that a person who works here may be allowed to do."""

    ADD_LIST = "add_list"
    BUILD_EDITION = "build_edition"
    READ_PERSON = "read_person"
    REVEAL_ID_NUMBER = "reveal_id_number"
    DECIDE_PAIR = "decide_pair"
    EXPORT_REVIEW = "export_review"
    READ_REPORT = "read_report"
    BUILD_STATISTICS = "build_statistics"
    READ_TRUE_COUNTS = "read_true_counts"
    PROJECT_POPULATION = "project_population"
    READ_AUDIT = "read_audit"
    READ_LISTS = "read_lists"
    DISCLOSE_HOLDINGS = "disclose_holdings"
    MANAGE_STAFF = "manage_staff"

    @property
    def zh(self) -> str:
        """What it allows, in Chinese."""
        return _PERMISSIONS[self]


class Role(StrEnum):
    """A set of permissions that people who work here hold."""

    OFFICER = "officer"
    CLERK = "clerk"
    PLANNER = "planner"
    AUDITOR = "auditor"
    PROTECTION_OFFICER = "protection_officer"
    AREA_ADMINISTRATOR = "area_administrator"

    @property
    def zh(self) -> str:
        """The role's Chinese name."""
        return _ROLES[self].zh

    @property
    def description(self) -> str:
        """What the role is for, in plain words."""
        return _ROLES[self].description

    @property
    def permissions(self) -> frozenset[Permission]:
        """What the role allows."""
        return _ROLES[self].permissions


_PERMISSIONS = {
    Permission.ADD_LIST: "添加名册",
    Permission.BUILD_EDITION: "编制版本",
    Permission.READ_PERSON: "查看个人情况",
    Permission.REVEAL_ID_NUMBER: "查看完整号码",
    Permission.DECIDE_PAIR: "判定待复核记录对",
    Permission.EXPORT_REVIEW: "导出待复核记录对",
    Permission.READ_REPORT: "查看报告",
    Permission.BUILD_STATISTICS: "编制统计数据",
    Permission.READ_TRUE_COUNTS: "查看未经扰动的数字",
    Permission.PROJECT_POPULATION: "编制人口预测",
    Permission.READ_AUDIT: "查看审计记录",
    Permission.READ_LISTS: "查看名册情况",
    Permission.DISCLOSE_HOLDINGS: "告知本人所持信息",
    Permission.MANAGE_STAFF: "登记工作人员",
}


@dataclass(frozen=True)
class _RoleData:
    zh: str
    description: str
    permissions: frozenset[Permission]


_ROLES = {
    Role.OFFICER: _RoleData(
        "人口数据管理员",
        "Loads lists, builds editions, reviews pairs, reads persons; names who works here.",
        frozenset(Permission) - {Permission.READ_AUDIT, Permission.DISCLOSE_HOLDINGS},
    ),
    Role.CLERK: _RoleData(
        "乡镇（街道）经办人",
        "Reviews doubtful pairs and reads the persons they concern; numbers stay masked.",
        frozenset({Permission.DECIDE_PAIR, Permission.EXPORT_REVIEW, Permission.READ_PERSON}),
    ),
    Role.PLANNER: _RoleData(
        "规划与统计人员",
        "Builds statistics and projections, reads reports about areas; sees no person and no true "
        "small count.",
        frozenset(
            {Permission.READ_REPORT, Permission.BUILD_STATISTICS, Permission.PROJECT_POPULATION}
        ),
    ),
    Role.AUDITOR: _RoleData(
        "审计人员",
        "Reads who saw and changed what; changes nothing.",
        frozenset({Permission.READ_AUDIT, Permission.READ_REPORT, Permission.READ_LISTS}),
    ),
    Role.PROTECTION_OFFICER: _RoleData(
        "数据保护专员",
        "Tells residents what is held about them and who looked; reads the audit.",
        frozenset(
            {
                Permission.READ_PERSON,
                Permission.REVEAL_ID_NUMBER,
                Permission.DISCLOSE_HOLDINGS,
                Permission.READ_AUDIT,
                Permission.READ_LISTS,
            }
        ),
    ),
    Role.AREA_ADMINISTRATOR: _RoleData(
        "区域管理员",
        "Names who works in an area and for how long; sees no person.",
        frozenset({Permission.MANAGE_STAFF, Permission.READ_REPORT, Permission.READ_LISTS}),
    ),
}


def may(role: str, permission: Permission) -> bool:
    """Whether a role, by its value, allows this; an unknown role allows nothing.

    >>> may("clerk", Permission.BUILD_EDITION), may("visitor", Permission.READ_REPORT)
    (False, False)
    """
    return any(role == known and permission in known.permissions for known in Role)
