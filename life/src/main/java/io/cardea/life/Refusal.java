package io.cardea.life;

import static io.cardea.life.Refusal.Fault.CLIENT;
import static io.cardea.life.Refusal.Fault.SERVER;

import java.util.Locale;
import java.util.Optional;

/// The one vocabulary of refusal. The code is stable: it stands in answers, metrics, the ledger and
/// people's scripts. Each protocol translates it once, beside its own handler.
public enum Refusal {
  AUTHENTICATION_REQUIRED(
      CLIENT,
      "The request came without a client certificate that could be read and without a token.",
      "Show a certificate with an EC P-256, EC P-384 or RSA key of 2048 bits or more, or the"
          + " device's id and enrolment token by HTTP Basic."),
  TOKEN_INVALID(
      CLIENT,
      "The device id and the enrolment token do not belong together, or neither is known.",
      "Check the registered id; make a new token with: cardea token create DEVICE."),
  TOKEN_EXPIRED(
      CLIENT,
      "The enrolment token was right once, and its time is over.",
      "Make a new token with: cardea token create DEVICE."),
  TOKEN_SPENT(
      CLIENT,
      "The enrolment token has done its work: the credential that it led to was seen in use.",
      "Renew with that credential; if it is lost, make a new token with: cardea token create"
          + " DEVICE."),
  CREDENTIAL_UNKNOWN(
      CLIENT,
      "The client certificate was not issued here and is not in the inventory.",
      "Enrol with a token, or show the certificate that Cardea issued to this device."),
  BIRTH_CERTIFICATE_REFUSED(
      CLIENT,
      "The client certificate is none of ours, and no manufacturer's authority that was imported"
          + " says which device it was born with.",
      "See every step of the judgement with: cardea certificate check FILE; import the authority"
          + " with: cardea manufacturer import."),
  ENROLMENT_REFUSED(
      CLIENT,
      "An operator has to say yes to each enrolment of this class of device, and said no to this.",
      "Ask the operator; a request under another key is another request."),
  BIRTH_CERTIFICATE_SPENT(
      CLIENT,
      "The birth certificate has done its work: the credential that it led to was seen in use, and"
          + " the device's class does not take it as second proof.",
      "Renew with that credential, or make a token with: cardea token create DEVICE."),
  OLD_CREDENTIAL_WANTED(
      CLIENT,
      "The device's last credential expired long ago, and its class wants that, or its key, shown"
          + " beside the second proof.",
      "Show the expired certificate in the handshake beside the token, or ask for the same key; if"
          + " both are lost, have an operator see to it: cardea device why DEVICE."),
  CREDENTIAL_EXPIRED(
      CLIENT,
      "The client certificate expired, and the grace of the device's class is over.",
      "Make a token as second proof with: cardea token create DEVICE, and enrol with it."),
  CREDENTIAL_RETIRED(
      CLIENT,
      "A newer credential of this device was proven, and the overlap of the older one is over.",
      "Use the newer credential; if the device lost it, enrol with a token as second proof."),
  CREDENTIAL_REVOKED(
      CLIENT,
      "The client certificate was revoked. This is final.",
      "See why with: cardea device why DEVICE; if the device is to live on, enrol it with a new"
          + " key and a token."),
  LINEAGE_FORKED(
      CLIENT,
      "Two holders use credentials of this lineage in turns: one of them is a copy.",
      "Find out which device is the real one; then settle it with: cardea device settle DEVICE,"
          + " and enrol it with a token."),
  DEVICE_UNKNOWN(
      CLIENT,
      "No device with this registered id is in the inventory.",
      "Register it with: cardea device register DEVICE --class CLASS."),
  DEVICE_QUARANTINED(
      CLIENT,
      "The device is in quarantine: it may renew, and is given no access.",
      "See why with: cardea device why DEVICE; when it is cleared: cardea device release DEVICE."),
  DEVICE_SCRAPPED(
      CLIENT, "The device was scrapped. This is final.", "Register a new device if this is one."),
  IDENTITY_MISMATCH(
      CLIENT,
      "The request names another device than the one that is authenticated.",
      "Ask for the identity of this device, or leave subject and SAN empty: the server fills"
          + " them."),
  KEY_OF_OTHER_DEVICE(
      CLIENT,
      "The public key is already bound to another device of the fleet.",
      "Make a fresh key on the device; if the key came with a firmware image, every device that"
          + " runs it shares it."),
  KEY_COMPROMISED(
      CLIENT,
      "The public key was revoked for compromise and is never certified again.",
      "Make a fresh key on the device."),
  KEY_NOT_ALLOWED(
      CLIENT,
      "The profile does not allow this kind or size of key.",
      "Use a key that the profile allows: cardea profile show PROFILE."),
  KEY_WEAK(
      CLIENT,
      "The public key is of a kind whose private half others can compute: it was made by a broken"
          + " generator.",
      "Make a fresh key with mended software; the detail names the defect."),
  CSR_MALFORMED(
      CLIENT,
      "The certificate request is not a well-formed PKCS#10 request.",
      "Look at it with: openssl req -in FILE -noout -text."),
  CSR_TOO_LARGE(
      CLIENT, "The certificate request is larger than 16 KiB.", "Leave out what is not needed."),
  CSR_BAD_PROOF(
      CLIENT,
      "The signature of the certificate request does not verify under its own public key.",
      "Sign the request with the private key of the public key that it holds."),
  CHALLENGE_PASSWORD_UNCHECKED(
      CLIENT,
      "The request carries a challengePassword, which cannot be checked on this connection.",
      "Leave the challengePassword out: the TLS connection and the token authenticate the"
          + " device."),
  PROFILE_VIOLATION(
      CLIENT,
      "The request asks for something that the profile does not allow.",
      "See what it allows with: cardea profile show PROFILE."),
  REQUEST_MALFORMED(
      CLIENT, "The request cannot be read.", "The detail names what is wrong with it."),
  REQUEST_TOO_LARGE(
      CLIENT,
      "The request's header fields or its body are larger than the server reads.",
      "The detail names the bound; operators: edge.header-size, edge.body-size."),
  REQUEST_TIMEOUT(
      CLIENT,
      "The request did not arrive in the time that a request may take.",
      "Send it at once and whole; operators: edge.request-timeout."),
  TOO_MANY_REQUESTS(
      CLIENT,
      "This device, or whoever uses this token, asks more often than one may.",
      "Stay away for the time given; if it is a device, see what makes it ask again and again;"
          + " operators: limits.device-per-minute, limits.token-per-minute,"
          + " limits.api-token-per-second."),
  NOT_OFFERED(
      CLIENT,
      "This operation is deliberately not offered.",
      "See docs/protocols for where and why we leave the standard."),
  SEARCH_NOT_INDEXED(
      CLIENT,
      "The database has no index to look for a part of a name by, and would read every device.",
      "Look by prefix, label, class or owner; operators: make the index as"
          + " docs/operations/database.md says."),
  REPORTER_NOT_ENTITLED(
      CLIENT,
      "Whoever reports is no audience of this device's class that reports, or does not report in its"
          + " own name.",
      "See who serves the class with: cardea audience list; operators: cardea audience save."),
  TOO_MANY_SESSIONS(
      CLIENT,
      "The device has as many sessions open as one may.",
      "Close some of them: cardea session list DEVICE."),
  NOT_FOUND(CLIENT, "There is nothing under this name.", "List what there is, and try again."),
  ALREADY_EXISTS(
      CLIENT, "Something else already has this name.", "Choose another name, or use what exists."),
  FORBIDDEN(
      CLIENT,
      "The bearer token does not allow this.",
      "Use an administrator's token; on the host: cardea server recover-token."),
  CONFLICT(
      CLIENT,
      "The thing is in a state that does not allow this, or changed meanwhile.",
      "Read it again, and decide again."),
  PLAN_STRANDS_DEVICES(
      CLIENT,
      "Healthy devices would be left without an accepted credential.",
      "The plan says which, and in what order to go on (cardea plan show ID); or apply it with"
          + " --override REASON."),
  AUTHORITY_CERTIFICATE_REFUSED(
      CLIENT,
      "The CA certificate, its key or its chain is not what an authority here can live by.",
      "The detail names what is wrong; have it signed again, or bring the missing part: cardea ca"
          + " install --help."),
  LINT_FAILED(
      SERVER,
      "The certificate that would have been issued breaks a rule, so it was not signed.",
      "The detail names the rule; mend the profile."),
  AUTHORITY_UNAVAILABLE(
      SERVER,
      "The authority's key cannot sign now, or no authority serves this profile.",
      "Check: cardea ca list; the server's log names the cause."),
  ISSUANCE_FROZEN(
      SERVER,
      "An operator has stopped the issuing of certificates. What was issued is accepted as before.",
      "Try again after the time given; operators: cardea freeze show says who and why, cardea freeze"
          + " end lets it go on."),
  STORE_UNAVAILABLE(
      SERVER,
      "The database does not answer, or did not confirm the commit. Nothing is lost: a retry gets"
          + " the same answer.",
      "Try again after the time given; operators: check the database and the disk."),
  CLOCK_UNTRUSTED(
      SERVER,
      "The server's clock stepped or drifted from the database's, so nothing is issued or judged"
          + " by it.",
      "Operators: mend time synchronisation; issuing resumes by itself."),
  OVERLOADED(SERVER, "The server has more work than it takes.", "Try again after the time given."),
  INTERNAL_ERROR(
      SERVER,
      "A defect of the server stopped this request, and nothing was done.",
      "Report it with what the server's log says at that time.");

  /// Whose fault it is decides between the 4xx and the 5xx of each protocol.
  public enum Fault {
    CLIENT,
    SERVER
  }

  private final Fault fault;
  private final String meaning;
  private final String nextStep;

  Refusal(Fault fault, String meaning, String nextStep) {
    this.fault = fault;
    this.meaning = meaning;
    this.nextStep = nextStep;
  }

  /// The stable code, for instance `credential-retired`.
  public String code() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public Fault fault() {
    return fault;
  }

  public String meaning() {
    return meaning;
  }

  public String nextStep() {
    return nextStep;
  }

  public static Optional<Refusal> byCode(String code) {
    for (Refusal refusal : values()) {
      if (refusal.code().equals(code.toLowerCase(Locale.ROOT).replace('_', '-'))) {
        return Optional.of(refusal);
      }
    }
    return Optional.empty();
  }
}
