package io.cardea.protocols.edge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/// Server and client certificates made by `openssl`, as `NAME.pem` and `NAME.key` in a directory.
final class Certificates {

  private static final String[] P256 = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"};
  private static final String[] P384 = {"-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"};
  private static final String[] RSA = {"-newkey", "rsa:2048"};
  private static final String[] ED25519 = {"-newkey", "ed25519"};

  final Path directory;

  Certificates(Path directory) {
    this.directory = directory;
  }

  Certificates servers() throws IOException, InterruptedException {
    selfSigned("server-ec", P256);
    selfSigned("server-rsa", RSA);
    return this;
  }

  Certificates clients() throws IOException, InterruptedException {
    selfSigned("self-signed", P256);
    selfSigned("p384", P384);
    selfSigned("rsa", RSA);
    selfSigned("ed25519", ED25519);
    selfSigned("unknown-ca", P256);
    request("of-unknown-ca", "365");
    request("expired", "-1");
    return this;
  }

  void selfSigned(String name, String... key) throws IOException, InterruptedException {
    String[] head = {
      "openssl",
      "req",
      "-x509",
      "-nodes",
      "-days",
      "30",
      "-subj",
      "/CN=" + name,
      "-addext",
      "subjectAltName=DNS:localhost",
      "-keyout",
      name + ".key",
      "-out",
      name + ".pem"
    };
    String[] command = new String[head.length + key.length];
    System.arraycopy(head, 0, command, 0, head.length);
    System.arraycopy(key, 0, command, head.length, key.length);
    Shell.mustRun(directory, command);
  }

  void ec(String name) throws IOException, InterruptedException {
    selfSigned(name, P256);
  }

  private void request(String name, String days) throws IOException, InterruptedException {
    Shell.mustRun(
        directory,
        "openssl",
        "req",
        "-new",
        "-nodes",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-subj",
        "/CN=" + name,
        "-keyout",
        name + ".key",
        "-out",
        name + ".csr");
    Shell.mustRun(
        directory,
        "openssl",
        "x509",
        "-req",
        "-in",
        name + ".csr",
        "-days",
        days,
        "-CA",
        "unknown-ca.pem",
        "-CAkey",
        "unknown-ca.key",
        "-CAcreateserial",
        "-out",
        name + ".pem");
  }

  X509Certificate certificate(String name) throws IOException, GeneralSecurityException {
    try (InputStream in = Files.newInputStream(directory.resolve(name + ".pem"))) {
      return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
  }

  String fingerprint(String name) throws IOException, GeneralSecurityException {
    byte[] der = certificate(name).getEncoded();
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(der));
  }

  TlsMaterial.Chain chain(String name) throws IOException, GeneralSecurityException {
    X509Certificate certificate = certificate(name);
    String pem = Files.readString(directory.resolve(name + ".key"));
    byte[] der = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]*-----", ""));
    PrivateKey key =
        KeyFactory.getInstance(certificate.getPublicKey().getAlgorithm())
            .generatePrivate(new PKCS8EncodedKeySpec(der));
    return new TlsMaterial.Chain(key, List.of(certificate));
  }
}
