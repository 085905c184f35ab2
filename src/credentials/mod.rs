//! Where the client secret comes from, and the tokens minted with it.
