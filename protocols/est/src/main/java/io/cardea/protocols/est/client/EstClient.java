package io.cardea.protocols.est.client;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// The client of EST (RFC 7030, RFC 8951).
///
/// Guarantees that an issued certificate is for the key of the request. Does not guarantee what
/// else it says: the device learns whether it is any good by using it.
public final class EstClient {
  private static final String PATH = "/.well-known/est/";

  private final DeviceConnection connection;

  public EstClient(DeviceConnection connection) {
    this.connection = connection;
  }

  /// The authorities' certificates (RFC 7030 §4.1).
  public CaAnswer cacerts() throws IOException {
    HttpResponse<byte[]> answer = connection.send(connection.request(PATH + "cacerts").build());
    if (answer.statusCode() == 200) {
      return new CaCertificates(CertificateBag.read(answer));
    }
    return Answers.later(answer)
        .<CaAnswer>map(later -> later)
        .orElseGet(() -> Answers.declined(answer));
  }

  /// The first credential, or a recovered one (RFC 7030 §4.2.1). The login is sent at once, without
  /// waiting to be asked (RFC 7617 §2.2).
  public EnrolAnswer enrol(byte[] csr, Login login) throws IOException {
    String basic =
        Base64.getEncoder()
            .encodeToString(
                (login.deviceId() + ":" + login.token()).getBytes(StandardCharsets.UTF_8));
    return send(csr, request("simpleenroll").header("Authorization", "Basic " + basic));
  }

  /// The next credential, on a connection that shows an earlier one (RFC 7030 §4.2.2).
  public EnrolAnswer reenrol(byte[] csr) throws IOException {
    if (connection.identity().isEmpty()) {
      throw new IllegalStateException("connection: anonymous (expected: with an identity)");
    }
    return send(csr, request("simplereenroll"));
  }

  private HttpRequest.Builder request(String operation) {
    return connection
        .request(PATH + operation)
        .header("Content-Type", "application/pkcs10")
        .header("Content-Transfer-Encoding", "base64");
  }

  private EnrolAnswer send(byte[] csr, HttpRequest.Builder request) throws IOException {
    byte[] key = CertificateRequests.publicKeyOf(csr);
    HttpResponse<byte[]> answer =
        connection.send(
            request.POST(BodyPublishers.ofByteArray(Base64.getEncoder().encode(csr))).build());
    if (answer.statusCode() == 200) {
      return new Issued(matching(CertificateBag.read(answer), key));
    }
    return Answers.later(answer)
        .<EnrolAnswer>map(later -> later)
        .orElseGet(() -> Answers.declined(answer));
  }

  private static X509Certificate matching(List<X509Certificate> certificates, byte[] key)
      throws BadAnswerException {
    List<X509Certificate> matching =
        certificates.stream()
            .filter(c -> Arrays.equals(c.getPublicKey().getEncoded(), key))
            .toList();
    if (matching.size() != 1) {
      throw new BadAnswerException(
          "answer: "
              + matching.size()
              + " certificates for the key of the request among "
              + certificates.size()
              + " (expected: one)");
    }
    return matching.getFirst();
  }
}
