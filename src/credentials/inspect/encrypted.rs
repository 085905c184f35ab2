//! What can be told of an encrypted token without the platform's private key.

use serde_json::{Map, Value};
use strum::VariantNames;

use super::checks::{SHOWN, unquoted};
use super::{Inspection, RefusalKind, Signature};
use crate::credentials::compact::EncryptedParts;
use crate::credentials::jwe::Encrypter;
use crate::settings::{ContentEncryption, KeyEncryption};
use crate::text::{excerpt, quoted};

/// The size in bytes of the tags of all listed encryptions.
const TAG: usize = 16;

impl Inspection {
    pub(super) fn of_encrypted(
        header: Map<String, Value>,
        parts: EncryptedParts,
        encrypter: Option<&Encrypter>,
    ) -> Self {
        let mut inspection = Self {
            header,
            claims: Map::new(),
            encrypted: Some(parts),
            issued: None,
            expires: None,
            signature: Signature::Unchecked("it is encrypted"),
            refusals: Vec::new(),
            notes: vec!["only the platform can read the claims, so they are not checked".to_owned()],
        };
        inspection.check_listed("alg", RefusalKind::UnlistedAlgorithm, KeyEncryption::VARIANTS);
        inspection.check_listed("enc", RefusalKind::UnlistedEncryption, ContentEncryption::VARIANTS);
        inspection.check_parts(parts);
        inspection.check_key_id(encrypter);
        if inspection.header.get("cty").and_then(Value::as_str).is_none_or(|cty| !cty.eq_ignore_ascii_case("JWT")) {
            inspection.notes.push("no cty JWT: the content may not be a signed token".to_owned());
        }
        inspection
    }

    fn check_listed(&mut self, name: &str, kind: RefusalKind, listed: &[&str]) {
        let value = self.header.get(name);
        if !value.and_then(Value::as_str).is_some_and(|value| listed.contains(&value)) {
            let value = value.map_or_else(|| "missing".to_owned(), |value| excerpt(&unquoted(value), SHOWN));
            self.refuse(kind, format!("{name} is {value}; the platform lists {}", listed.join(", ")));
        }
    }

    /// A token that was copied in part lacks the end of its tag.
    fn check_parts(&mut self, parts: EncryptedParts) {
        let is_gcm = self.header.get("enc").and_then(Value::as_str).is_some_and(|enc| enc.ends_with("GCM"));
        let iv = if is_gcm { 12 } else { 16 };
        if (parts.iv, parts.tag) != (iv, TAG) || parts.encrypted_key == 0 || parts.ciphertext == 0 {
            let EncryptedParts { encrypted_key, iv: has, ciphertext, tag } = parts;
            let message = format!(
                "incomplete: encrypted key of {encrypted_key}, IV of {has} (must be {iv}), ciphertext of {ciphertext} and tag \
                 of {tag} bytes (must be {TAG})"
            );
            self.refuse(RefusalKind::IncompletePart, message);
        }
    }

    fn check_key_id(&mut self, encrypter: Option<&Encrypter>) {
        let Some(encrypter) = encrypter else {
            return self.notes.push("kid is not checked: no jwe_public_key_file is configured".to_owned());
        };
        let (used, configured) = (self.header.get("kid").and_then(Value::as_str), encrypter.key_id.as_deref());
        if used != configured {
            let name = |id: Option<&str>| id.map_or_else(|| "missing".to_owned(), |id| quoted(id, SHOWN));
            let message = format!("kid is {}; that of jwe_public_key_file is {}", name(used), name(configured));
            self.refuse(RefusalKind::OtherKey, message);
        }
    }
}
