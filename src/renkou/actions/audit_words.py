"""What events of the audit are called, in Chinese."""

from __future__ import annotations

ACTIONS = {
    "list_added": "添加名册",
    "list_returned": "退回名册",
    "list_answers_added": "收回更正",
    "build_edition": "编制版本",
    "write_report": "生成报告",
    "build_statistics": "编制统计数据",
    "export_statistics": "导出统计公报",
    "init_project": "新建人口预测",
    "run_project": "编制人口预测",
    "export_project": "导出人口预测",
    "read_true_counts": "查看未经扰动的数字",
    "show_person": "查看个人情况",
    "reveal_person": "查看完整号码",
    "export_review": "导出待复核记录对",
    "decide_same": "判定为同一人",
    "decide_different": "判定为不同人",
    "add_staff": "登记工作人员",
    "first_password": "重设首次口令",
    "grant_role": "授予角色",
    "withdraw_role": "撤销角色",
    "begin_journal": "重建审计日志",
    "sign_in": "登录",
    "sign_in_failed": "登录失败",
    "sign_out": "退出",
    "second_factor_added": "启用动态口令",
    "locked_out": "登录被锁定",
    "refused": "访问被拒绝",
    "password_set": "设置口令",
}
