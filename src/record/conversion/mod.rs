//! How a cell's text becomes a field's value: mapped values, leading numbers, scales, templates. Nothing is guessed: the user
//! or a preset states every step.

mod number;
mod scale;
mod steps;
mod template;
mod template_syntax;

pub(crate) use number::DecimalSign;
pub(crate) use scale::{Scale, ScaleError};
pub(crate) use steps::{Conversion, ValueMap};
pub(crate) use template::{PLACES, RowValues, Template, is_place, place_text};
pub(crate) use template_syntax::TemplateError;
