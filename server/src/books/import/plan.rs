//! The plan for a table: a profile and the flags of the command line, applied to the table's header.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail};

use super::dates::Calendar;
use super::guards::folded;
use super::mapping::{Column, Condition, Field, Guards, Ids, LineItems, Mapping, Pair, find, unique};
use super::profile::{Profile, layouts};

/// Where a field comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct FieldSource {
    pub column: Option<Column>,
    /// The value if there is no column, or its cell is empty.
    pub default: Option<String>,
    /// Whether its numbers are written with a minus sign.
    pub negative: bool,
}

/// A column with its allowed values, folded; a row with another value does not count.
pub(super) type ColumnValues = (Column, Vec<String>);

/// How each row is read.
#[derive(Debug)]
pub(super) struct Plan {
    sources: BTreeMap<Field, FieldSource>,
    /// Which orders count.
    pub only: Vec<ColumnValues>,
    /// Which rows that are a refund count.
    pub refund_only: Vec<ColumnValues>,
    /// Says what status words mean, and how refunds are found.
    pub profile: Profile,
    pub calendar: Calendar,
    pub ids: Ids,
    /// Without it, an id with a guard is refused.
    pub guards: Option<Guards>,
    pub lines: Option<LineItems>,
    pub skip_guests: bool,
    /// How many cells a row has.
    pub width: usize,
}

/// The layouts that a table may have, and the flags that replace parts of them.
pub(super) struct Layouts {
    all: Vec<Profile>,
    columns: BTreeMap<Field, String>,
    only: BTreeMap<String, Vec<String>>,
}

/// The fields without which there is no order, besides its amount (or quantity and price) and its concession (or rate).
const REQUIRED: [Field; 6] = [Field::Order, Field::Buyer, Field::Merchant, Field::Channel, Field::Region, Field::Date];

/// The columns by which a layout is recognised.
const MARKS: [Field; 6] = [Field::Order, Field::Amount, Field::Quantity, Field::Price, Field::Date, Field::Status];

impl Layouts {
    pub fn new(mapping: &Mapping) -> Result<Self> {
        let all = mapping.profile.as_deref().map_or_else(|| Ok(vec![Profile::default()]), layouts)?;
        let mut columns = unique(&mapping.columns, Field::name)?;
        if let Some(column) = &mapping.refund_of {
            columns.insert(Field::RefundOf, column.clone());
        }
        let mut only: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for Condition(column, values) in &mapping.only {
            only.entry(column.clone()).or_default().extend(values.iter().cloned());
        }
        Ok(Self { all, columns, only })
    }

    /// The encoding that the profile's exports always have.
    pub fn encoding(&self) -> Option<&str> {
        self.all.iter().find_map(|layout| layout.encoding.as_deref())
    }

    /// Whether the profile's exports are in the order of their dates.
    pub fn sorts(&self) -> bool {
        self.all.iter().any(|layout| layout.sort)
    }

    pub fn is_header(&self, names: &[&str]) -> bool {
        let has = |column: &String| find(names, column).is_ok();
        self.columns.values().chain(self.only.keys()).all(has) && self.layout(names).is_some()
    }

    /// The first layout whose marks are all among the names.
    fn layout(&self, names: &[&str]) -> Option<&Profile> {
        self.all.iter().find(|layout| {
            let known = |field: &Field| {
                let there = |names_of: &Vec<String>| names_of.iter().any(|name| find(names, name).is_ok());
                self.columns.contains_key(field) || layout.columns.get(field).is_none_or(there)
            };
            MARKS.iter().all(known) && layout.only.keys().all(|column| find(names, column).is_ok())
        })
    }

    /// Finds every column in the header; fails if one is missing, or a required field has neither column nor default.
    pub fn plan(&self, mapping: &Mapping, names: &[&str]) -> Result<Plan> {
        let profile = self.layout(names).or_else(|| self.all.first()).cloned().unwrap_or_default();
        let calendar = Calendar {
            dates: mapping.dates.unwrap_or(profile.dates),
            zone: mapping.zone.clone(),
            convert: mapping.convert_zones || profile.convert_zones || mapping.zone.is_some(),
        };
        let plan = Plan {
            sources: self.sources(&profile, mapping, names)?,
            only: self.conditions(&profile.only, names)?,
            refund_only: {
                let mut there = profile.refund_only.clone();
                there.retain(|column, _| find(names, column).is_ok());
                self.conditions(&there, names)?
            },
            calendar,
            ids: mapping.reading.ids.or(profile.ids).unwrap_or(Ids::Keep),
            guards: mapping.reading.guards.or(profile.guards),
            lines: mapping.lines.or(profile.lines),
            skip_guests: mapping.skip_guests || profile.skip_guests,
            width: names.len(),
            profile,
        };
        plan.check()?;
        Ok(plan)
    }

    fn sources(&self, profile: &Profile, mapping: &Mapping, names: &[&str]) -> Result<BTreeMap<Field, FieldSource>> {
        let mut sources: BTreeMap<Field, FieldSource> = BTreeMap::new();
        let replaced = |field: &Field| {
            [Field::Quantity, Field::Price].contains(field) && self.columns.contains_key(&Field::Amount)
        };
        for (field, columns) in profile.columns.iter().filter(|(field, _)| !replaced(field)) {
            let column = columns.iter().find_map(|name| find(names, name).ok());
            if column.is_none() && MARKS.contains(field) && !self.columns.contains_key(field) {
                let (name, columns, table) = (&profile.name, columns.join(" or "), names.join(", "));
                bail!("this is no table of the profile {name}: there is no column {columns}; the table has {table}");
            }
            sources.entry(*field).or_default().column = column;
        }
        for (field, column) in &self.columns {
            sources.entry(*field).or_default().column = Some(find(names, column)?);
        }
        let flags = mapping.defaults.iter().map(|Pair(field, text)| (field, text));
        for (field, text) in profile.defaults.iter().chain(flags) {
            sources.entry(*field).or_default().default = Some(text.clone());
        }
        for field in &mapping.negative {
            sources.entry(*field).or_default().negative = true;
        }
        Ok(sources)
    }

    /// The conditions of the profile and of the command line. One of the command line replaces the profile's for the same column.
    fn conditions(&self, profile: &BTreeMap<String, Vec<String>>, names: &[&str]) -> Result<Vec<ColumnValues>> {
        let replaced = |column: &String| self.only.keys().any(|other| folded(other) == folded(column));
        let of_profile = profile.iter().filter(|(column, _)| !replaced(column));
        let conditions = of_profile.chain(&self.only).map(|(column, values)| {
            let column = find(names, column).with_context(|| format!("`--only {column}=…`"))?;
            Ok((column, values.iter().map(|value| folded(value)).collect()))
        });
        conditions.collect()
    }
}

impl Plan {
    fn check(&self) -> Result<()> {
        if self.has(Field::Rate) == self.has(Field::Concession) {
            bail!(
                "an order has either a `concession` or a `rate`: give a column (`--map rate=COLUMN`) or a default \
                 (`--default rate=10%`) for one of them"
            );
        }
        let by_piece = self.has(Field::Quantity).then_some([Field::Quantity, Field::Price]).into_iter().flatten();
        for field in REQUIRED.into_iter().chain(by_piece) {
            if !self.has(field) {
                let field = field.name();
                bail!("an order has a `{field}`: say `--map {field}=COLUMN` or `--default {field}=VALUE`");
            }
        }
        if self.has(Field::Amount) == (self.has(Field::Quantity) || self.has(Field::Price)) {
            bail!(
                "an order has an `amount`: say `--map amount=COLUMN` or `--default amount=VALUE`, or give both a \
                 `quantity` and a `price` instead"
            );
        }
        if self.has(Field::Status) && self.profile.words().is_empty() {
            bail!(
                "only a profile defines what a status means; without one, use `--only COLUMN=VALUE,…` to choose the rows"
            );
        }
        Ok(())
    }

    /// Whether a field has a column or a default.
    pub fn has(&self, field: Field) -> bool {
        self.source(field).is_some_and(|source| source.column.is_some() || source.default.is_some())
    }

    pub fn source(&self, field: Field) -> Option<&FieldSource> {
        self.sources.get(&field)
    }

    /// The name of a field's column.
    pub fn column(&self, field: Field) -> Option<String> {
        self.source(field)?.column.as_ref().map(|(_, name)| name.clone())
    }
}
