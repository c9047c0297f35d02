//! What came of one case of a record.

/// The result of one case, as a module reports it.
#[derive(Debug)]
pub struct Outcome {
    /// Names the case: where it stands and what it asks.
    pub label: String,
    /// Says that the record is flagged as an accident of the Python original.
    pub quirk: bool,
    /// `Err` holds a diff between what was recorded and what Carafe answers.
    pub result: Result<(), String>,
}
