//! Parts that several pages share, each beside the template of the same name in `templates/parts`.

pub(crate) mod affected;
pub(crate) mod brief;
pub(crate) mod canary;
pub(crate) mod card;
pub(crate) mod delta;
pub(crate) mod digest;
pub(crate) mod estate;
pub(crate) mod exploitation;
pub(crate) mod identifier;
pub(crate) mod key;
pub(crate) mod lifeline;
pub(crate) mod package;
pub(crate) mod sign;
pub(crate) mod source;
pub(crate) mod upgrade;
