package io.cardea.life.findings;

import static io.cardea.life.findings.Alarm.Severity.CRITICAL;
import static io.cardea.life.findings.Alarm.Severity.WARNING;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What may be wrong with an installation, as opposed to a device. Each has a code that stays, and
/// a section of its own in `docs/operations/alarms.md`.
public enum Alarm {
  CLOCK_UNTRUSTED(
      CRITICAL,
      "This replica does not trust its clock: it issues nothing and judges no expiry.",
      "Compare the clocks of this host and of the database's (timedatectl), and mend the wrong one."),
  DATABASE_UNAVAILABLE(
      CRITICAL,
      "The database does not answer this replica: nothing is issued, and nothing is revoked.",
      "Look at the database and at the way to it; nothing is lost, and retries get their answer."),
  DATABASE_NOT_DURABLE(
      CRITICAL,
      "The database may forget what it confirmed.",
      "Set fsync, full_page_writes and synchronous_commit to on."),
  STANDBY_NOT_SYNCHRONOUS(
      CRITICAL,
      "A standby could be promoted that lacks what was confirmed: certificates in the field that"
          + " nobody knows, and revocations undone.",
      "Name it in synchronous_standby_names; if it is never promoted, in"
          + " database.reporting-standbys."),
  AUTHORITY_UNAVAILABLE(
      CRITICAL,
      "An authority's key does not sign, so neither certificates nor revocation lists are made"
          + " with it.",
      "Look at the key's home (token, wrapping key); cardea ca list shows which it is."),
  AUTHORITY_EXPIRING(
      WARNING,
      "Less than a fifth of an authority's life is left. Certificates never outlive it.",
      "Renew or re-key it now, so that every relying party learns the new one in time."),
  SERVER_CERTIFICATE_EXPIRING(
      CRITICAL,
      "This replica's own certificate should have been renewed long ago, or what was put in its"
          + " place is no good.",
      "Look for the cause in the log of this replica; unless it comes from files, a restart makes a"
          + " new one."),
  RESPONDER_CERTIFICATE_EXPIRING(
      CRITICAL,
      "A certificate under which this replica answers by OCSP should have been renewed long ago.",
      "Look for the cause in the log of this replica: usually the authority's key does not sign."),
  ISSUANCE_FROZEN(
      WARNING,
      "An operator has stopped the issuing of certificates; devices run towards their expiry.",
      "cardea freeze show says who and why; cardea freeze end lets it go on."),
  PUBLIC_URL_ASTRAY(
      CRITICAL,
      "public.url does not lead here, so relying parties find neither CRLs nor OCSP.",
      "Look at DNS and at the proxy in front of http.listen."),
  DISK_LOW(
      CRITICAL,
      "The disk of the data directory is nearly full. The embedded database stops when it is.",
      "Make room, or move data.directory to a larger disk."),
  REVOCATION_LIST_OVERDUE(
      CRITICAL,
      "A revocation list cannot be made anew, or the next one from elsewhere has not come. Relying"
          + " parties do not learn of revocations, and refuse every certificate of that list once the"
          + " last one ends.",
      "Look at the authority's key and at this replica's clock; the log of this replica says why. For"
          + " a list in crl.folder, have the next one signed where its root is."),
  REFUSED_KEYS_UNREADABLE(
      WARNING,
      "The list of refused keys has changed and cannot be read: what was added to it is not refused.",
      "Mend the line that the detail names; the file is read again by itself."),
  BACKUP_OVERDUE(
      WARNING,
      "The last backup is older than backup.expected-every.",
      "Make one (cardea backup FILE), and look for what should have made it."),
  API_TOKEN_EXPIRING(
      WARNING,
      "A bearer token of the API ends within a week; the program that holds it does not know.",
      "cardea api-token list shows which; make a new one and give it to the program.");

  /// How long it may wait.
  public enum Severity {
    /// Now: somebody is locked out, or soon will be, or trust is at stake.
    CRITICAL,
    /// This week.
    WARNING
  }

  private final Severity severity;
  private final String meaning;
  private final String nextStep;

  Alarm(Severity severity, String meaning, String nextStep) {
    this.severity = severity;
    this.meaning = meaning;
    this.nextStep = nextStep;
  }

  /// Its name on the wire, in metrics and in the runbook: `disk-low`.
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public Severity severity() {
    return severity;
  }

  public String meaning() {
    return meaning;
  }

  public String nextStep() {
    return nextStep;
  }

  /// Where the runbook tells what to do, in this project's documents.
  public String runbook() {
    return "docs/operations/alarms.md#" + code();
  }

  public static Optional<Alarm> byCode(String code) {
    return Arrays.stream(values()).filter(alarm -> alarm.code().equals(code)).findFirst();
  }
}
