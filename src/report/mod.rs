//! What people and programs are shown. Listens to events and finished results; nothing waits for it.

mod printer;

pub use printer::Printer;
