//! Properties of events: JSON values with separate types for integers and other numbers, and maps
//! sorted by key.

use std::fmt;
use std::io;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::limits;
use crate::number::Decimal;

mod exactness;

pub(crate) use exactness::find_inexact_number;

/// A JSON value.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// The JSON value `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number without a fraction or an exponent that fits 64 bits.
    Int(i64),
    /// Any other number. It must be finite; [`Props::check_limits`] rejects others. Reading rejects
    /// numbers that would lose digits.
    Float(f64),
    /// A string.
    Text(Box<str>),
    /// A JSON array.
    List(Vec<Value>),
    /// A JSON object.
    Map(Props),
}

impl Value {
    /// The name of the kind of value, to complete "it is …".
    pub fn kind_name(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a map",
        }
    }

    /// Returns the boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(truth) = self {
            Some(*truth)
        } else {
            None
        }
    }

    /// Returns the number if it is whole and fits 64 bits: for `7` and `7.0`, but not for `7.5`.
    pub fn as_int(&self) -> Option<i64> {
        self.as_decimal()
            .filter(|number| number.is_whole())
            .and_then(Decimal::trunc)
    }

    /// Returns the number as an exact decimal, if it is in range; see [`Decimal::from_f64`].
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Self::Int(int) => Some(Decimal::from_int(*int)),
            Self::Float(float) => Decimal::from_f64(*float),
            _ => None,
        }
    }

    /// Returns the string, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// Returns the items, if it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(items) = self {
            Some(items)
        } else {
            None
        }
    }

    /// Returns the map, if it is one.
    pub fn as_map(&self) -> Option<&Props> {
        if let Self::Map(map) = self {
            Some(map)
        } else {
            None
        }
    }

    /// An upper bound of its size as compact JSON, in bytes, including a separator.
    fn max_json_bytes(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) => 8,
            // The longest float, `-2.2250738585072014e-308`, has 24 bytes.
            Self::Int(_) | Self::Float(_) => 32,
            Self::Text(text) => max_escaped_bytes(text),
            Self::List(items) => 4 + items.iter().map(Self::max_json_bytes).sum::<usize>(),
            Self::Map(map) => {
                4 + map
                    .iter()
                    .map(|(name, value)| max_escaped_bytes(name) + value.max_json_bytes())
                    .sum::<usize>()
            }
        }
    }

    /// Checks a value at this depth for [`Props::check_limits`].
    fn check_depth(&self, depth: usize) -> Result<(), PropsError> {
        match self {
            Self::Float(float) if !float.is_finite() => Err(PropsError::NotFinite),
            Self::List(_) | Self::Map(_) if depth > limits::PROPS_DEPTH => Err(PropsError::TooDeep),
            Self::List(items) => items
                .iter()
                .try_for_each(|item| item.check_depth(depth + 1)),
            Self::Map(map) => map
                .iter()
                .try_for_each(|(_, value)| value.check_depth(depth + 1)),
            _ => Ok(()),
        }
    }
}

/// An upper bound of the size of a text in JSON, in bytes, including quotes and a separator.
/// Escaping turns a byte into six bytes at most.
fn max_escaped_bytes(text: &str) -> usize {
    text.len() * 6 + 4
}

/// Properties of an event: a map from names to values, sorted by name.
///
/// ```
/// use accolade_core::value::{Props, Value};
///
/// let props = Props::from_json(br#"{"post": 7, "kind": "answer"}"#).unwrap();
/// assert_eq!(props.get("post"), Some(&Value::Int(7)));
/// assert_eq!(props.to_json(), r#"{"kind":"answer","post":7}"#);
/// assert_eq!(props, accolade_core::props! { "kind" => "answer", "post" => 7 });
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Props(Vec<(Box<str>, Value)>);

/// Maximum number of names for which a linear search is faster than a binary search, because most
/// names already differ in length.
const LINEAR_SEARCH_LIMIT: usize = 8;

/// The reason why properties are rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PropsError {
    /// They are larger than [`limits::PROPS_BYTES`].
    #[error("the properties have {0} bytes; the limit is {max}", max = limits::PROPS_BYTES)]
    TooLarge(usize),
    /// They nest deeper than [`limits::PROPS_DEPTH`].
    #[error("the properties nest deeper than {max} levels", max = limits::PROPS_DEPTH)]
    TooDeep,
    /// A number is infinite or not a number.
    #[error("the properties contain a number that is not finite, which JSON cannot represent")]
    NotFinite,
    /// A number cannot be stored without losing digits.
    #[error("`{property}` is {number}, {problem}; send it as text")]
    InexactNumber {
        /// The path of the property, such as `scores[3]`.
        property: String,
        /// The number as it was sent, shortened.
        number: String,
        /// The reason, which completes "it is …".
        problem: &'static str,
    },
    /// They are not valid JSON, not an object, or have a duplicate name.
    #[error("{0}")]
    Json(String),
}

impl Props {
    /// Creates empty properties.
    pub const fn new() -> Self {
        Self(Vec::new())
    }

    /// Parses a JSON object.
    ///
    /// # Errors
    /// Returns an error if the text is not an object, has duplicate names at any depth, contains a
    /// number that would lose digits, is larger than [`limits::PROPS_BYTES`] itself, or fails
    /// [`Props::check_limits`].
    pub fn from_json(json: &[u8]) -> Result<Self, PropsError> {
        // Also bounds the work on insignificant white space.
        if json.len() > limits::PROPS_BYTES {
            return Err(PropsError::TooLarge(json.len()));
        }
        let text = std::str::from_utf8(json).map_err(|error| {
            PropsError::Json(format!("invalid UTF-8 after byte {}", error.valid_up_to()))
        })?;
        let props: Result<Self, _> = serde_json::from_str(text);
        if let Some(problem) = find_inexact_number(text, props.as_ref().ok()) {
            return Err(problem);
        }
        let props = props.map_err(|error| PropsError::Json(error.to_string()))?;
        props.check_limits()?;
        Ok(props)
    }

    /// Checks properties that were built in code.
    ///
    /// # Errors
    /// Returns an error if they are larger than [`limits::PROPS_BYTES`] as compact JSON, nest
    /// deeper than [`limits::PROPS_DEPTH`] or contain a number that is not finite.
    pub fn check_limits(&self) -> Result<(), PropsError> {
        // The properties themselves have depth 1.
        self.iter()
            .try_for_each(|(_, value)| value.check_depth(2))?;
        // Most properties are far below the limit, so an upper bound avoids serializing them.
        if self
            .iter()
            .map(|(name, value)| max_escaped_bytes(name) + value.max_json_bytes())
            .sum::<usize>()
            < limits::PROPS_BYTES
        {
            return Ok(());
        }
        let mut size = ByteCounter(0);
        serde_json::to_writer(&mut size, self).expect("finite values with text keys are JSON");
        if size.0 > limits::PROPS_BYTES {
            Err(PropsError::TooLarge(size.0))
        } else {
            Ok(())
        }
    }

    /// Serializes to compact JSON with sorted names. Equal properties yield equal text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("values with text keys are JSON")
    }

    /// Returns the value with this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        if self.0.len() <= LINEAR_SEARCH_LIMIT {
            return self
                .0
                .iter()
                .find(|(other, _)| **other == *name)
                .map(|(_, value)| value);
        }
        self.find_position(name).ok().map(|at| &self.0[at].1)
    }

    /// Sets a value and returns the previous one.
    pub fn insert(&mut self, name: impl Into<Box<str>>, value: impl Into<Value>) -> Option<Value> {
        let (name, value) = (name.into(), value.into());
        match self.find_position(&name) {
            Ok(at) => Some(std::mem::replace(&mut self.0[at].1, value)),
            Err(at) => {
                self.0.insert(at, (name, value));
                None
            }
        }
    }

    /// Removes a value and returns it.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.find_position(name).ok().map(|at| self.0.remove(at).1)
    }

    /// Iterates over names and values, sorted by name.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&str, &Value)> + ExactSizeIterator {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// The number of properties.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there are no properties.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find_position(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| (**other).cmp(name))
    }
}

/// Collects properties; of a duplicate name, the last value is used.
impl FromIterator<(Box<str>, Value)> for Props {
    fn from_iter<I: IntoIterator<Item = (Box<str>, Value)>>(items: I) -> Self {
        let mut items: Vec<_> = items.into_iter().collect();
        // The sort is stable and `dedup_by` keeps the first, so the last value must come first.
        items.reverse();
        items.sort_by(|(left, _), (right, _)| left.cmp(right));
        items.dedup_by(|(later, _), (earlier, _)| later == earlier);
        Self(items)
    }
}

/// Builds [`Props`](crate::value::Props) from names and values.
///
/// ```
/// let props = accolade_core::props! { "post" => 7, "kind" => "answer", "score" => 2.5 };
/// assert_eq!(props.len(), 3);
/// ```
#[macro_export]
macro_rules! props {
    ($($name:expr => $value:expr),* $(,)?) => {{
        #[allow(unused_mut)]
        let mut props = $crate::value::Props::new();
        $(props.insert($name, $value);)*
        props
    }};
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Bool(truth)
    }
}

impl From<i32> for Value {
    fn from(int: i32) -> Self {
        Self::Int(int.into())
    }
}

impl From<u32> for Value {
    fn from(int: u32) -> Self {
        Self::Int(int.into())
    }
}

impl From<i64> for Value {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<f64> for Value {
    fn from(float: f64) -> Self {
        Self::Float(float)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text.into())
    }
}

impl From<Props> for Value {
    fn from(map: Props) -> Self {
        Self::Map(map)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(items: Vec<T>) -> Self {
        Self::List(items.into_iter().map(Into::into).collect())
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(truth) => serializer.serialize_bool(*truth),
            Self::Int(int) => serializer.serialize_i64(*int),
            Self::Float(float) => serializer.serialize_f64(*float),
            Self::Text(text) => serializer.serialize_str(text),
            Self::List(items) => serializer.collect_seq(items),
            Self::Map(map) => map.serialize(serializer),
        }
    }
}

impl Serialize for Props {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

/// Rejects duplicate names and nesting beyond [`limits::PROPS_DEPTH`].
impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        NestedValueSeed(1).deserialize(deserializer)
    }
}

/// Rejects duplicate names and nesting beyond [`limits::PROPS_DEPTH`].
impl<'de> Deserialize<'de> for Props {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PropsVisitor;

        impl<'de> Visitor<'de> for PropsVisitor {
            type Value = Props;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of properties")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Props, A::Error> {
                NestedValueSeed(1).read_map(map)
            }
        }

        deserializer.deserialize_map(PropsVisitor)
    }
}

/// A reader of a value at this depth. `serde_json` has a depth limit of its own, which is higher.
#[derive(Clone, Copy)]
struct NestedValueSeed(usize);

impl NestedValueSeed {
    fn next_depth<E: Error>(self) -> Result<Self, E> {
        // Checked on the way in, so that deep input is rejected before it is built.
        if self.0 > limits::PROPS_DEPTH {
            Err(E::custom(PropsError::TooDeep))
        } else {
            Ok(Self(self.0 + 1))
        }
    }

    fn read_map<'de, A: MapAccess<'de>>(self, mut map: A) -> Result<Props, A::Error> {
        let inner = self.next_depth()?;
        let mut items: Vec<(Box<str>, Value)> = Vec::new();
        while let Some(name) = map.next_key()? {
            items.push((name, map.next_value_seed(inner)?));
        }
        // Once for all names: inserting each at its place would be quadratic in their number.
        items.sort_by(|(left, _), (right, _)| left.cmp(right));
        match items.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            Some(pair) => Err(A::Error::custom(format!("`{}` is given twice", pair[0].0))),
            None => Ok(Props(items)),
        }
    }
}

impl<'de> DeserializeSeed<'de> for NestedValueSeed {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NestedValueSeed {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, truth: bool) -> Result<Value, E> {
        Ok(Value::Bool(truth))
    }

    fn visit_i64<E: Error>(self, int: i64) -> Result<Value, E> {
        Ok(Value::Int(int))
    }

    fn visit_u64<E: Error>(self, int: u64) -> Result<Value, E> {
        // `serde_json` passes every integer that is not negative as `u64`.
        i64::try_from(int).map(Value::Int).map_err(|_| {
            let problem = exactness::BEYOND_64_BITS;
            E::custom(format_args!("{int} is {problem}; send it as text"))
        })
    }

    fn visit_f64<E: Error>(self, float: f64) -> Result<Value, E> {
        // JSON has no such numbers, but `Value` can be read from other formats.
        if float.is_finite() {
            Ok(Value::Float(float))
        } else {
            Err(E::custom(PropsError::NotFinite))
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.next_depth()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Value, A::Error> {
        self.read_map(map).map(Value::Map)
    }
}

/// A writer that only counts bytes.
struct ByteCounter(usize);

impl io::Write for ByteCounter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
