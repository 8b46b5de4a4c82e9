package io.cardea.life.ledger;

import java.util.Locale;

/// What an entry says has happened. The word on the wire is stable: old entries keep it for ever.
public enum EntryKind {
  AUTHORITY_CREATED,
  /// Its key was made, and a request for a certificate from elsewhere is out.
  AUTHORITY_REQUESTED,
  /// The certificate came from elsewhere, and was checked with its chain.
  AUTHORITY_INSTALLED,
  /// Key and certificate were made elsewhere.
  AUTHORITY_IMPORTED,
  /// The same key, another certificate.
  AUTHORITY_RENEWED,
  AUTHORITY_RETIRED,
  /// The request that was out is answered no more.
  AUTHORITY_WITHDRAWN,
  PROFILE_SAVED,
  CLASS_SAVED,
  AUDIENCE_SAVED,
  AUDIENCE_REMOVED,
  /// What devices of a class may hold beside certificates.
  SLOT_SAVED,
  DEVICE_REGISTERED,
  DEVICE_ENROLLED,
  /// Handed over by the factory to where it works.
  DEVICE_DELIVERED,
  /// It has another owner.
  DEVICE_TRANSFERRED,
  /// Access ended, renewal goes on (R11).
  DEVICE_QUARANTINED,
  DEVICE_RELEASED,
  DEVICE_SCRAPPED,
  TOKEN_CREATED,
  TOKEN_SPENT,
  MANUFACTURER_IMPORTED,
  MANUFACTURER_REMOVED,
  /// A device was bound to the certificate that it was born with.
  BIRTH_BOUND,
  /// What the birth certificate led to was seen in use.
  BIRTH_SPENT,
  /// A device asks for a certificate, and an operator has to decide.
  ENROLMENT_REQUESTED,
  ENROLMENT_APPROVED,
  ENROLMENT_REFUSED,
  /// The enrolment tokens that were not spent opened nothing from then on.
  TOKENS_ENDED,
  CREDENTIAL_ISSUED,
  CREDENTIAL_PROVEN,
  /// An accepted use that was recorded: each one of a retiring credential, now and then one of a
  /// current one.
  CREDENTIAL_USED,
  /// An audience reported that it accepted this credential of the device, and had seen none further
  /// down the lineage before.
  CREDENTIAL_SEEN,
  CREDENTIAL_RETIRED,
  CREDENTIAL_REVOKED,
  MASS_REVOCATION_BEGUN,
  MASS_REVOCATION_ENDED,
  CAMPAIGN_BEGUN,
  CAMPAIGN_PAUSED,
  CAMPAIGN_RESUMED,
  /// By itself: more devices were late than the error budget has.
  CAMPAIGN_HALTED,
  CAMPAIGN_ABORTED,
  CAMPAIGN_ENDED,
  EMERGENCY_DECLARED,
  /// What the devices held that have moved, or all that is left, is to be revoked.
  EMERGENCY_FOLLOWED,
  EMERGENCY_OVER,
  PLAN_MADE,
  PLAN_REFUSED,
  PLAN_APPLIED,
  /// Applied although healthy devices are left with nothing.
  PLAN_OVERRIDDEN,
  RENEWAL_POLICY_SAVED,
  RENEWAL_POLICY_REMOVED,
  RENEWAL_RATE_SET,
  /// Named by revocation lists with the reason certificateHold, which can be taken back.
  CREDENTIAL_HELD,
  CREDENTIAL_RELEASED,
  /// Credentials that had expired, and could renew no more, were removed from the inventory.
  CREDENTIAL_PRUNED,
  /// A key was named in a compromise, and is never certified again.
  KEY_CONDEMNED,
  LINEAGE_FORKED,
  LINEAGE_SETTLED,
  FINDING_RAISED,
  /// A session that had to end was closed, or its enforcement point fell silent.
  SESSION_ENDED,
  REQUEST_REFUSED,
  SERVER_CERTIFICATE_ISSUED,
  OCSP_CERTIFICATE_ISSUED,
  SECRET_READ,
  API_TOKEN_CREATED,
  API_TOKEN_RECOVERED,
  /// A copy of everything began to leave, for whom the entry names.
  BACKUP_BEGUN,
  BACKUP_MADE,
  /// This database was filled from a backup.
  BACKUP_RESTORED,
  /// What another record of the past shows (the ledger's export, a revocation list) was brought to
  /// a restored database.
  STATE_REPLAYED,
  /// A certificate of ours that the inventory did not know was shown, and is known now.
  CREDENTIAL_RECOGNISED,
  ISSUING_PAUSED,
  ISSUING_RESUMED;

  /// The stable word, for instance `credential.issued`: the object, a dot, the act.
  public String word() {
    String lower = name().toLowerCase(Locale.ROOT);
    int act = lower.lastIndexOf('_');
    return lower.substring(0, act).replace('_', '-') + "." + lower.substring(act + 1);
  }

  public static EntryKind ofWord(String word) {
    for (EntryKind kind : values()) {
      if (kind.word().equals(word)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("entry kind: " + word + " (expected: a known word)");
  }
}
