package io.cardea.platform.keys;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.MGF1ParameterSpec;
import javax.crypto.SecretKey;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSAuthEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.KeyAgreeRecipientInformation;
import org.bouncycastle.cms.KeyTransRecipientInformation;
import org.bouncycastle.cms.Recipient;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.bouncycastle.operator.jcajce.JcaAlgorithmParametersConverter;

/// Hands the key of a sealed file to one recipient: CMS AuthEnvelopedData (RFC 5083, AES-256-GCM)
/// around the key's 32 bytes, so that `openssl cms -decrypt` opens it too, wherever the recipient
/// keeps the private key.
///
/// Guarantees that nobody else reads the key. Does not say who wrote the file: anybody can write to
/// a recipient.
public final class BackupRecipient {
  private static final Provider BOUNCY = new BouncyCastleProvider();
  private static final int LENGTH = 32;

  private BackupRecipient() {}

  /// @throws GeneralSecurityException for a certificate whose key encrypts nothing
  public static byte[] envelope(SecretKey key, X509Certificate recipient)
      throws GeneralSecurityException {
    boolean[] use = recipient.getKeyUsage();
    PublicKey its = recipient.getPublicKey();
    int needed = its instanceof RSAPublicKey ? 2 : 4; // keyEncipherment, keyAgreement
    if (use != null && !use[needed]) {
      throw new InvalidKeyException(
          "the recipient's certificate is not for encryption (expected: key usage "
              + (needed == 2 ? "keyEncipherment" : "keyAgreement")
              + ", or none)");
    }
    try {
      CMSAuthEnvelopedDataGenerator generator = new CMSAuthEnvelopedDataGenerator();
      if (its instanceof RSAPublicKey) {
        generator.addRecipientInfoGenerator(
            new JceKeyTransRecipientInfoGenerator(recipient, oaep()).setProvider(BOUNCY));
      } else if (its instanceof ECPublicKey elliptic) {
        KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC", BOUNCY);
        pairs.initialize(elliptic.getParams());
        KeyPair ephemeral = pairs.generateKeyPair();
        generator.addRecipientInfoGenerator(
            new JceKeyAgreeRecipientInfoGenerator(
                    CMSAlgorithm.ECDH_SHA256KDF,
                    ephemeral.getPrivate(),
                    ephemeral.getPublic(),
                    CMSAlgorithm.AES256_WRAP)
                .addRecipient(recipient)
                .setProvider(BOUNCY));
      } else {
        throw new InvalidKeyException(
            "the recipient's key is " + its.getAlgorithm() + " (expected: RSA or EC)");
      }
      CMSAuthEnvelopedData sealed =
          generator.generate(
              new CMSProcessableByteArray(key.getEncoded()),
              (OutputAEADEncryptor)
                  new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_GCM)
                      .setProvider(BOUNCY)
                      .build());
      return sealed.getEncoded();
    } catch (CMSException | IOException e) {
      throw new GeneralSecurityException("cannot seal for the recipient: " + e.getMessage(), e);
    }
  }

  private static AlgorithmIdentifier oaep() throws GeneralSecurityException {
    return new JcaAlgorithmParametersConverter()
        .getAlgorithmIdentifier(
            org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers.id_RSAES_OAEP,
            new OAEPParameterSpec(
                "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
  }

  /// @throws GeneralSecurityException when the envelope is for another key, or altered
  public static SecretKey open(byte[] envelope, PrivateKey key) throws GeneralSecurityException {
    try {
      for (RecipientInformation each :
          new CMSAuthEnvelopedData(envelope).getRecipientInfos().getRecipients()) {
        byte[] content = each.getContent(recipient(each, key));
        if (content.length == LENGTH) {
          return new SecretKeySpec(content, "AES");
        }
      }
      throw new GeneralSecurityException("the envelope holds no key");
    } catch (CMSException | RuntimeException e) {
      // Bouncy Castle answers strange bytes in many ways; each of them means no.
      throw new GeneralSecurityException("the envelope does not open with this key", e);
    }
  }

  private static Recipient recipient(RecipientInformation each, PrivateKey key)
      throws GeneralSecurityException {
    return switch (each) {
      case KeyTransRecipientInformation _ when key.getAlgorithm().equals("RSA") ->
          new JceKeyTransEnvelopedRecipient(key).setProvider(BOUNCY);
      case KeyAgreeRecipientInformation _ when key.getAlgorithm().startsWith("EC") ->
          new JceKeyAgreeEnvelopedRecipient(key).setProvider(BOUNCY);
      default -> throw new InvalidKeyException("the envelope is for another kind of key");
    };
  }

  /// Reads an unencrypted private key.
  ///
  /// @throws GeneralSecurityException for anything else; the message never holds the key
  public static PrivateKey readKey(String pem) throws GeneralSecurityException {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      JcaPEMKeyConverter converter = new JcaPEMKeyConverter().setProvider(BOUNCY);
      for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
        if (found instanceof PEMKeyPair pair) {
          return converter.getKeyPair(pair).getPrivate();
        }
        if (found instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
      }
    } catch (IOException | RuntimeException e) {
      throw new InvalidKeyException("not a private key in PEM", e);
    }
    throw new InvalidKeyException("no unencrypted private key in PEM");
  }
}
