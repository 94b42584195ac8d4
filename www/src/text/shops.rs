//! The directory of shops.

use super::{Words, words};

words! {
    SHOPS "商家" "Shops"
    NOTE "到店消费时出示会员码。" "Show your code when you buy in a shop."
    CITY "城市（6 位行政区划代码，选填）" "City (6-digit code, optional)"
    NONE "暂无商家" "No shops here yet"
}
