//! How bad a vendor says it is: a word with the CVSS 3.1 vector and score that belong together.

/// A severity that an advisory of this world can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grade {
    /// Somebody with an account on the machine learns a little.
    Low,
    /// Somebody on the network learns a little.
    Medium,
    /// Somebody on the network stops the service.
    High,
    /// Somebody on the network takes the service over.
    Critical,
}

impl Grade {
    /// The word as CSAF and advisory pages write it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Medium",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }

    /// The CVSS 3.1 base vector.
    #[must_use]
    pub const fn vector(self) -> &'static str {
        match self {
            Self::Low => "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:L/I:N/A:N",
            Self::Medium => "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:N/A:N",
            Self::High => "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H",
            Self::Critical => "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H",
        }
    }

    /// The base score of that vector, 0 to 10.
    #[must_use]
    pub const fn score(self) -> f64 {
        match self {
            Self::Low => 3.3,
            Self::Medium => 5.3,
            Self::High => 7.5,
            Self::Critical => 9.8,
        }
    }
}
