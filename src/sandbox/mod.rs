//! An imitation of the API, written from its contract alone.
