package io.cardea.life.pki;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Names a certificate, and the octets in which it was named.
public final class OcspKey {
  private final AuthorityId authority;
  private final OcspCertId.Form form;
  private final Serial serial;
  private final int hash;

  OcspKey(AuthorityId authority, OcspCertId.Form form, Serial serial) {
    this.authority = authority;
    this.form = form;
    this.serial = serial;
    this.hash = 31 * serial.hashCode() + form.digits();
  }

  /// All the names of one certificate.
  public static List<OcspKey> all(AuthorityId authority, Serial serial) {
    List<OcspKey> all = new ArrayList<>(OcspCertId.Form.values().length);
    for (OcspCertId.Form form : OcspCertId.Form.values()) {
      all.add(new OcspKey(authority, form, serial));
    }
    return all;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OcspKey that
        && hash == that.hash
        && form == that.form
        && serial.equals(that.serial)
        && authority.equals(that.authority);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  @Override
  public String toString() {
    return authority + " " + form + " " + serial;
  }
}
