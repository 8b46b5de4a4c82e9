package io.cardea.life.pki;

import io.cardea.life.Refusal;
import io.cardea.life.Refused;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.bouncycastle.operator.jcajce.JcaAlgorithmParametersConverter;

/// A few bytes that only the holder of a certificate's key can read: CMS AuthEnvelopedData (RFC
/// 5083) with AES-256-GCM, as `openssl cms -decrypt` opens it.
///
/// To an EC key by ephemeral-static ECDH and the KDF of X9.63 with SHA-256 (RFC 5753), to an RSA
/// key by OAEP with SHA-256. Guarantees secrecy against whoever lacks the key, and no forward
/// secrecy: who has the key later, and kept the envelope, opens it. Says nothing of who made it: it
/// goes over a connection that does.
public final class Envelope {
  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  private Envelope() {}

  /// @param certificate the recipient's, DER
  /// @return DER of the ContentInfo
  /// @throws Refused with [Refusal#KEY_NOT_ALLOWED] for a key that cannot receive: Ed25519, ML-DSA
  public static byte[] seal(byte[] certificate, byte[] content) throws Refused {
    X509Certificate recipient = Certificate.of(certificate).toX509();
    try {
      CMSAuthEnvelopedDataGenerator generator = new CMSAuthEnvelopedDataGenerator();
      generator.addRecipientInfoGenerator(to(recipient));
      OutputAEADEncryptor encryptor =
          (OutputAEADEncryptor)
              new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_GCM)
                  .setProvider(PROVIDER)
                  .build();
      return generator.generate(new CMSProcessableByteArray(content), encryptor).getEncoded();
    } catch (CMSException | IOException | GeneralSecurityException e) {
      throw new IllegalStateException("sealing to a key that was certified", e);
    }
  }

  private static RecipientInfoGenerator to(X509Certificate recipient)
      throws Refused, GeneralSecurityException {
    return switch (recipient.getPublicKey()) {
      case ECPublicKey key -> {
        KeyPairGenerator keys = KeyPairGenerator.getInstance("EC", PROVIDER);
        keys.initialize(key.getParams(), new SecureRandom());
        KeyPair ephemeral = keys.generateKeyPair();
        yield new JceKeyAgreeRecipientInfoGenerator(
                CMSAlgorithm.ECDH_SHA256KDF,
                ephemeral.getPrivate(),
                ephemeral.getPublic(),
                CMSAlgorithm.AES256_WRAP)
            .addRecipient(recipient)
            .setProvider(PROVIDER);
      }
      case RSAPublicKey _ ->
          new JceKeyTransRecipientInfoGenerator(
                  recipient,
                  new JcaAlgorithmParametersConverter()
                      .getAlgorithmIdentifier(
                          PKCSObjectIdentifiers.id_RSAES_OAEP,
                          new OAEPParameterSpec(
                              "SHA-256",
                              "MGF1",
                              MGF1ParameterSpec.SHA256,
                              PSource.PSpecified.DEFAULT)))
              .setProvider(PROVIDER);
      default ->
          throw new Refused(
              Refusal.KEY_NOT_ALLOWED,
              "nothing can be encrypted to the certificate's key (expected: EC or RSA)");
    };
  }
}
