//! What waits for a second person.

use super::{Words, words};

words! {
    WAITING "待复核" "Waiting for a second person"
    WAITING_NOTE "以下操作须由另一名员工复核后生效。" "Somebody else has to approve these before they take effect."
    YOURS "等待他人复核" "Waits for a second person"
    APPROVE "同意" "Approve"
    DECLINE "驳回" "Decline"
    WITHDRAW "撤回" "Withdraw"
    DECLINE_NOTE "驳回后此操作不再执行，原因将保留在操作记录中。" "It won’t be carried out. The reason stays in the activity."
    REASON "原因" "Reason"
    PROPOSER "提交人" "Proposed by"
    WHAT "操作" "Action"
    UNTIL "截止" "until"
    KEPT_TITLE "已提交，等待复核" "Waits for a second person"
    KEPT "72 小时内须由另一名员工在运营概览中复核，逾期自动失效。" "Somebody else has to approve it on the overview within 72 hours."
    DECLINED "已结束，不会执行" "Ended. It won’t be carried out"
    APPROVED_BY "复核人" "Approved by"
    MADE "提交复核" "Proposed"
    APPROVED "同意操作" "Approved"
    REFUSED "驳回操作" "Declined"
    BY_SERVER "运营主管只能在服务器上用 gongxiang staff 添加。" "Operators are added on the server, with gongxiang staff."
}
