//! The tables of the contract: events, codes, rules and reasons, each declared once.
//!
//! A table is a macro that hands its rows to another macro: `events!(declare)` expands to `declare! { rows }`. So each file that
//! uses a table makes from its rows what it needs. This file depends on nothing. `event.rs` makes the enums, `wire/event.rs` reads and writes events,
//! `wire/command.rs` has the addresses and rights. The server makes its routes, rights and `OpenAPI` document of those.

/// The events (RULES.md section 4), in the order of the contract. For example:
///
/// ```text
/// /// Open a shop
/// MerchantOpened "merchant.opened" { member: Member, region: Region } [
///     POST "/v1/merchants" by Own("member"), Everyday
/// ]
/// ```
///
/// 1. What its command does, in a few words: the title in the `OpenAPI` document.
/// 2. The variant of `Event` and `Kind`, and its name in the journal.
/// 3. Its fields, each with its format (`event/format.rs`), in the order in which they are read. Or one record with all of them.
/// 4. The address of its command; a name in braces is a field. Who may give it (`Who` in `wire/command.rs`).
/// 5. `Everyday` if it writes only the rows that it names and changes no total but by a flow; otherwise `Alone`.
/// 6. `makes FIELD "PREFIX"` if the server makes an id for that field.
macro_rules! events {
    ($declare:ident) => {
        $declare! {
            /// Register a member
            MemberRegistered "member.registered" { member: Member, referrer: Optional<Referrer> } [
                POST "/v1/members" by Operator, Everyday, makes member "m-"
            ]
            /// Enter a pack that was paid for
            PackPurchased "pack.purchased" { member: Member, pack: Pack, terms: Terms } [
                POST "/v1/members/{member}/packs" by Payment, Alone
            ]
            /// Refund a pack that may come back
            PackRefunded "pack.refunded" { purchase: Purchase } [
                POST "/v1/purchases/{purchase}/refund" by Operator, Alone
            ]
            /// Open a shop
            MerchantOpened "merchant.opened" { member: Member, region: Region } [
                POST "/v1/merchants" by Own("member"), Everyday
            ]
            /// Close a shop
            MerchantClosed "merchant.closed" { member: Member } [
                POST "/v1/merchants/{member}/close" by Operator, Alone
            ]
            /// Freeze a member
            MemberFrozen "member.frozen" { member: Member } [
                POST "/v1/members/{member}/freeze" by Operator, Alone
            ]
            /// Unfreeze a member
            MemberUnfrozen "member.unfrozen" { member: Member } [
                POST "/v1/members/{member}/unfreeze" by Operator, Alone
            ]
            /// Give a member a service role
            RoleAssigned "role.assigned" { member: Member, role: Role } [
                POST "/v1/members/{member}/role" by Operator, Alone
            ]
            /// Take a member's service role back
            RoleWithdrawn "role.withdrawn" { member: Member } [
                POST "/v1/members/{member}/role/withdraw" by Operator, Alone
            ]
            /// Give a city to a partner
            PartnerAppointed "partner.appointed" { member: Member, region: City } [
                POST "/v1/partners" by Operator, Alone
            ]
            /// Take a partner's city back
            PartnerWithdrawn "partner.withdrawn" { member: Member } [
                POST "/v1/partners/{member}/withdraw" by Operator, Alone
            ]
            /// Give a member points of the treasury
            TreasuryGranted "treasury.granted" { member: Member, points: Points } [
                POST "/v1/treasury/grants" by Payment, Alone
            ]
            /// Take points of a member back into the treasury
            TreasuryReclaimed "treasury.reclaimed" { member: Member, points: Points } [
                POST "/v1/treasury/reclaims" by Operator, Alone
            ]
            /// Bring over what a member has in another system, before the first day is closed
            BalanceOpened "balance.opened" { member: Member, share_value: Optional<ShareValue>, points: Optional<Points> } [
                POST "/v1/members/{member}/opening" by Operator, Alone
            ]
            /// Set the price of the day
            PriceSet "price.set" { price: Price } [
                POST "/v1/prices" by Operator, Alone
            ]
            /// Place an order
            OrderPlaced "order.placed" (order: OrderPlaced) [
                POST "/v1/orders" by Merchant, Everyday, makes order "o-"
            ]
            /// Refund an order, or a part of it
            OrderRefunded "order.refunded" { order: Order, concession: Optional<Money> } [
                POST "/v1/orders/{order}/refund" by Owner(Ownership::Order), Alone
            ]
            /// Transfer points to another member
            PointsTransferred "points.transferred" { from: Member, to: Member, points: Points } [
                POST "/v1/transfers" by Own("from"), Everyday
            ]
            /// Redeem points
            PointsRedeemed "points.redeemed" { member: Member, points: Points, item: Optional<Item>, redemption: Optional<Redemption> } [
                POST "/v1/redemptions" by Own("member"), Everyday, makes redemption "r-"
            ]
            /// Cancel a redemption; the points come back
            RedemptionCancelled "redemption.cancelled" { redemption: Redemption } [
                POST "/v1/redemptions/{redemption}/cancel" by Operator, Alone
            ]
            /// Offer to sell or to buy points
            OfferPlaced "offer.placed" { offer: Offer, member: Member, side: Side, points: Points, unit_price: Price } [
                POST "/v1/offers" by Own("member"), Everyday, makes offer "f-"
            ]
            /// Take an offer, or a part of it
            OfferTaken "offer.taken" { offer: Offer, trade: Trade, member: Member, points: Points } [
                POST "/v1/offers/{offer}/trades" by Own("member"), Everyday, makes trade "t-"
            ]
            /// Say that the money was paid
            TradePaid "trade.paid" { trade: Trade } [
                POST "/v1/trades/{trade}/pay" by Owner(Ownership::Buyer), Everyday
            ]
            /// Say that the money has arrived; the points go to the buyer
            TradeConfirmed "trade.confirmed" { trade: Trade } [
                POST "/v1/trades/{trade}/confirm" by Owner(Ownership::Seller), Everyday
            ]
            /// Cancel a trade; the points go back
            TradeCancelled "trade.cancelled" { trade: Trade } [
                POST "/v1/trades/{trade}/cancel" by Owner(Ownership::Canceller), Everyday
            ]
            /// Cancel an offer
            OfferCancelled "offer.cancelled" { offer: Offer } [
                POST "/v1/offers/{offer}/cancel" by Owner(Ownership::Offer), Everyday
            ]
            /// Adopt rules: whole top-level keys at once
            RulesAdopted "rules.adopted" { rules: Rules } [
                POST "/v1/rules" by Operator, Alone
            ]
            /// Do a part of the open day's close ahead
            DayClosing "day.closing" { day: Day, most: Count<CLOSING_MOST> } [
                POST "/v1/days/{day}/closing" by Operator, Alone
            ]
            /// Close the open day
            DayClosed "day.closed" { day: Day } [
                POST "/v1/days/{day}/close" by Operator, Alone
            ]
        }
    };
}

/// The events whose fields are handed on as a whole: a struct each.
macro_rules! records {
    ($declare:ident) => {
        $declare! {
            /// An order as it is asked for.
            OrderPlaced {
                order: Order,
                buyer: Buyer,
                merchant: Merchant,
                channel: Channel,
                amount: Money,
                concession: Money,
                region: Region,
            }
        }
    };
}

/// The codes of refusals. What each means is in the words (`codes`) and in `docs/codes.md`.
macro_rules! codes {
    ($declare:ident) => {
        $declare! {
            BadEvent "bad_event"
            BadRules "bad_rules"
            IdConflict "id_conflict"
            OutOfRange "out_of_range"
            MemberExists "member_exists"
            UnknownMember "unknown_member"
            UnknownPack "unknown_pack"
            PurchaseExists "purchase_exists"
            UnknownPurchase "unknown_purchase"
            PurchaseRefunded "purchase_refunded"
            PackFinal "pack_final"
            MemberFrozen "member_frozen"
            NotFrozen "not_frozen"
            MerchantPackRequired "merchant_pack_required"
            MerchantExists "merchant_exists"
            DepositShort "deposit_short"
            UnknownRole "unknown_role"
            NoRole "no_role"
            PartnerPackRequired "partner_pack_required"
            PartnerExists "partner_exists"
            RegionTaken "region_taken"
            NotAPartner "not_a_partner"
            NotOpening "not_opening"
            BadAmount "bad_amount"
            TreasuryShort "treasury_short"
            BadPrice "bad_price"
            OrderExists "order_exists"
            SelfDealing "self_dealing"
            NotAMerchant "not_a_merchant"
            BadConcession "bad_concession"
            MerchantPointsShort "merchant_points_short"
            UnknownOrder "unknown_order"
            OrderRefunded "order_refunded"
            SameMember "same_member"
            PointsShort "points_short"
            RedemptionExists "redemption_exists"
            UnknownRedemption "unknown_redemption"
            RedemptionCancelled "redemption_cancelled"
            OfferExists "offer_exists"
            PriceOutsideBand "price_outside_band"
            UnknownOffer "unknown_offer"
            TradeExists "trade_exists"
            OfferClosed "offer_closed"
            OfferShort "offer_short"
            UnknownTrade "unknown_trade"
            WrongTradeState "wrong_trade_state"
            WrongDay "wrong_day"
            NothingDue "nothing_due"
            BadScenario "bad_scenario"
            TooYoung "too_young"
            BadSnapshot "bad_snapshot"
            Cancelled "cancelled"
            FlagsNotAccepted "flags_not_accepted"
        }
    };
}

/// The rules by which amounts are posted, with the class of income where it is one (section 6, "Static and dynamic"). The rewards of an
/// order are rules, too. Their words are in `rules`.
macro_rules! rules {
    ($declare:ident) => {
        $declare! {
            rules {
                /// `signup.member` (section 4, Registration).
                SignUp "sign_up" Some(Class::Own),
                /// `signup.referrer`, at the activation (section 4, Registration).
                SignUpReferrer "sign_up_referrer" Some(Class::Dynamic),
                /// The first pack turns locked share value into share value (section 4, Pack).
                Activation "activation" Some(Class::Own),
                /// A pack's share value (section 4, Pack).
                Pack "pack" Some(Class::Own),
                /// From the treasury and back into it (section 4).
                Treasury "treasury" None,
                /// What a member had in another system (section 4, Opening balances).
                Opening "opening" None,
                /// The merchant's points for its concession (section 6).
                Concession "concession" None,
                /// The part of an order's points that nobody gets (section 6, Vesting).
                Burn "burn" None,
                /// A refund (section 6).
                Refund "refund" None,
                /// From member to member (section 4).
                Transfer "transfer" None,
                /// Redeemed (section 4, Redemption).
                Redemption "redemption" None,
                /// An offer's escrow (section 4, Market).
                Offer "offer" None,
                /// A trade (section 4, Market).
                Trade "trade" None,
                /// The daily release (section 5).
                Release "release" Some(Class::Static),
            }
            rewards {
                /// The buyer's own (消费).
                Consumption "consumption" Own,
                /// The merchant's own (销售).
                Sale "sale" Own,
                /// The buyer's referrer, online (线上分享).
                ShareOnline "share_online" Dynamic,
                /// The buyer's referrer, offline (线下分享).
                ShareOffline "share_offline" Dynamic,
                /// The merchant's referrer (推荐门店).
                MerchantShare "merchant_share" Dynamic,
                /// Service roles above the buyer (服务团队).
                Service "service" Dynamic,
                /// The partner of the city (区域合伙人).
                Area "area" Dynamic,
            }
        }
    };
}

/// Why an amount is what it is: the tag and its numbers and ids. The words of a tag (`reasons`) are a template of these.
macro_rules! reasons {
    ($declare:ident) => {
        $declare! {
            /// A multiple of the order's concession.
            Concession "concession" { rate: Rate, concession: Money }
            /// A part of the share value that the buyer gets by the order.
            Consumption "consumption" { rate: Rate, consumption: ShareValue }
            /// The same, for the step between a role's rate and what the roles below were paid.
            ConsumptionStep "consumption_step" { rate: Rate, paid: Rate, consumption: ShareValue }
            /// A part of the order's points.
            OrderPoints "order_points" { rate: Rate, points: Points }
            /// The same, for the step between a role's rate and what the roles below were paid.
            OrderPointsStep "order_points_step" { rate: Rate, paid: Rate, points: Points }
            /// A multiple of a pack's price.
            Pack "pack" { rate: Rate, price: Money }
            /// The points that a concession is worth at the price of the day.
            AtPrice "at_price" { concession: Money, price: Price }
            /// The part of an order's points that no reward takes.
            Rest "rest" { points: Points, rewards: Points }
            /// What `units` earned since the account was last settled. `acc` is the index of points per unit at this settlement.
            Release "release" { units: Units, acc: Index }
            /// The day's release, into the pool.
            DayRelease "day_release" {}
            /// The gift for signing up.
            SignUpGift "sign_up_gift" {}
            /// The first pack unlocks what was locked.
            Activation "activation" {}
            /// A recommended member bought its first pack.
            ReferredActivation "referred_activation" { member: Id }
            /// The platform sold or gave points of its own.
            Grant "grant" {}
            /// From member to member.
            Transfer "transfer" {}
            /// Redeemed.
            Redemption "redemption" {}
            /// A redemption was cancelled.
            RedemptionCancelled "redemption_cancelled" { redemption: Id }
            /// The platform takes back points of its own.
            Reclaim "reclaim" {}
            /// What a member had in another system.
            Opening "opening" {}
            /// What refunds leave of a reward in share value.
            ShareValueLeft "share_value_left" { share_value: ShareValue, left: Money, concession: Money }
            /// What refunds leave of a reward in points.
            PointsLeft "points_left" { points: Points, left: Money, concession: Money }
            /// An order was refunded after it vested.
            Refund "refund" { order: Id }
            /// An order was refunded before it vested.
            RefundBeforeVesting "refund_before_vesting" { order: Id }
            /// An offer's escrow.
            Offer "offer" { offer: Id }
            /// An offer was cancelled.
            OfferCancelled "offer_cancelled" { offer: Id }
            /// A trade.
            Trade "trade" { trade: Id }
            /// A trade was cancelled.
            TradeCancelled "trade_cancelled" { trade: Id }
        }
    };
}

pub(crate) use {codes, events, reasons, records, rules};
