package io.cardea.life.pki;

import java.util.Arrays;

/// Walks DER that a stranger wrote: definite minimal lengths, single-octet tags, no trailing bytes,
/// bounded depth. It does not judge the contents of primitive values.
final class DerReader {
  private final byte[] bytes;
  private int position;
  private final int end;
  private final boolean padded;

  DerReader(byte[] bytes) {
    this(bytes, 0, bytes.length, false);
  }

  private DerReader(byte[] bytes, int position, int end, boolean padded) {
    this.bytes = bytes;
    this.position = position;
    this.end = end;
    this.padded = padded;
  }

  /// For what we wrote ourselves, before lengths from 64 KiB up were written in the fewest octets.
  static DerReader ofOurs(byte[] bytes) {
    return new DerReader(bytes, 0, bytes.length, true);
  }

  /// One tag, length and value; `start` is where its tag stands.
  record Element(byte[] in, int tag, int start, int contentStart, int end, boolean padded) {
    byte[] encoded() {
      return Arrays.copyOfRange(in, start, end);
    }

    byte[] content() {
      return Arrays.copyOfRange(in, contentStart, end);
    }

    DerReader reader() {
      return new DerReader(in, contentStart, end, padded);
    }

    @Override
    public boolean equals(Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  boolean hasNext() {
    return position < end;
  }

  int peekTag() {
    return hasNext() ? bytes[position] & 0xff : -1;
  }

  Element next(int tag, String what) throws MalformedDer {
    Element element = next();
    if (element.tag != tag) {
      throw new MalformedDer(
          what
              + ": tag 0x"
              + Integer.toHexString(element.tag)
              + " (expected: 0x"
              + Integer.toHexString(tag)
              + ")");
    }
    return element;
  }

  Element next() throws MalformedDer {
    int start = position;
    int at = position;
    if (end - at < 2) {
      throw new MalformedDer("truncated at octet " + at);
    }
    int tag = bytes[at++] & 0xff;
    if ((tag & 0x1f) == 0x1f || tag == 0) {
      throw new MalformedDer("tag 0x" + Integer.toHexString(tag) + " at octet " + start);
    }
    int length = bytes[at++] & 0xff;
    if (length >= 0x80) {
      int octets = length & 0x7f;
      if (octets == 0
          || octets > (padded ? 4 : 3)
          || end - at < octets
          || (bytes[at] == 0 && !padded)) {
        throw new MalformedDer("length at octet " + (start + 1) + " is not minimal and definite");
      }
      length = 0;
      for (int i = 0; i < octets; i++) {
        length = (length << 8) | (bytes[at++] & 0xff);
      }
      if (length < 0x80) {
        throw new MalformedDer("length at octet " + (start + 1) + " is not minimal and definite");
      }
    }
    if (length > end - at) {
      throw new MalformedDer("value at octet " + at + " is longer than what holds it");
    }
    position = at + length;
    return new Element(bytes, tag, start, at, position, padded);
  }

  void end(String what) throws MalformedDer {
    if (hasNext()) {
      throw new MalformedDer((end - position) + " octets too many in the " + what);
    }
  }

  /// Checks the whole tree once, so that what parses it afterwards meets neither depth nor
  /// indefinite lengths.
  static void check(byte[] der, int maxDepth) throws MalformedDer {
    DerReader reader = new DerReader(der);
    checkOne(reader.next(), maxDepth);
    reader.end("encoding");
  }

  private static void checkOne(Element element, int depthLeft) throws MalformedDer {
    boolean constructed = (element.tag & 0x20) != 0;
    if ((element.tag & 0xc0) == 0) {
      int number = element.tag & 0x1f;
      if (constructed != (number == 0x10 || number == 0x11)) {
        throw new MalformedDer("tag 0x" + Integer.toHexString(element.tag) + " is not DER");
      }
    }
    if (!constructed) {
      return;
    }
    if (depthLeft == 0) {
      throw new MalformedDer("nested too deeply");
    }
    DerReader inside = element.reader();
    while (inside.hasNext()) {
      checkOne(inside.next(), depthLeft - 1);
    }
  }
}
