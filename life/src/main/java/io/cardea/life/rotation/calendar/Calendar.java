package io.cardea.life.rotation.calendar;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.rotation.RenewalWindow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/// Which minutes of the usual windows were moved, and whither, so that no minute has more devices
/// than the fleet's rate. It names no device: a device finds its minute by the id of its
/// credential.
///
/// A window is only ever moved to an earlier time. So whoever does not hear of it comes when it
/// would have come without a calendar.
public final class Calendar {
  /// How far it looks ahead.
  public static final Duration HORIZON = Duration.ofDays(90);

  /// Credentials of a shorter life are not placed: their devices are back within the hour, and are
  /// a load that is always there.
  public static final Duration SHORTEST_LIFE = Duration.ofDays(1);

  /// One that moves nothing.
  public static final Calendar EMPTY =
      new Calendar(
          Instant.EPOCH,
          Instant.EPOCH,
          0,
          Map.of(),
          new LoadCurve(Instant.EPOCH, 0, 0, 0, new int[0][]));

  private static final int FORMAT = 1;
  private static final long MINUTE_MILLIS = 60_000;
  private static final int MOST_TRACKS = 10_000;
  private static final int MOST_MOVES = 100_000_000;

  private final Instant madeAt;
  private final Instant base;
  private final int perMinute;
  private final Map<String, Track> tracks;
  private final LoadCurve curve;

  /// @param madeAt in milliseconds
  /// @param base the minute from which its minutes are counted
  /// @param tracks by the name of the policy, "" without one
  Calendar(
      Instant madeAt, Instant base, int perMinute, Map<String, Track> tracks, LoadCurve curve) {
    this.madeAt = madeAt;
    this.base = base;
    this.perMinute = perMinute;
    this.tracks = Map.copyOf(tracks);
    this.curve = curve;
  }

  /// The moves of one policy, ascending: devices whose window opens in minute `from[i]`, and whose
  /// lot is not above `lot[i]` nor taken by the entry before, come in minute `to[i]`.
  record Track(int[] from, int[] lot, int[] to) {
    int planned(int minute, int lotOf) {
      int at = firstNotBelow(minute, lotOf);
      return at < from.length && from[at] == minute ? to[at] : minute;
    }

    private int firstNotBelow(int minute, int lotOf) {
      int low = 0;
      int high = from.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        boolean below = from[middle] < minute || (from[middle] == minute && lot[middle] < lotOf);
        if (below) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  /// Tells it from the others.
  public Instant madeAt() {
    return madeAt;
  }

  /// How many devices may come in a minute; 0 for as many as like.
  public int perMinute() {
    return perMinute;
  }

  public LoadCurve curve() {
    return curve;
  }

  /// When a credential is to be renewed.
  public RenewalWindow window(
      CredentialId id, Instant issuedAt, Instant notAfter, Optional<RenewalPolicy> policy) {
    RenewalWindow usual = natural(id, issuedAt, notAfter, policy);
    Track track = tracks.get(policy.map(RenewalPolicy::name).orElse(""));
    if (track == null || Duration.between(issuedAt, notAfter).compareTo(SHORTEST_LIFE) < 0) {
      return usual;
    }
    long minute = minute(usual.start());
    if (minute < 0 || minute >= HORIZON.toMinutes()) {
      return usual;
    }
    int planned = track.planned((int) minute, lot(id));
    if (planned == minute) {
      return usual;
    }
    Instant start = base.plusMillis(planned * MINUTE_MILLIS);
    return new RenewalWindow(start, start.plusMillis(MINUTE_MILLIS));
  }

  /// The window without a calendar.
  static RenewalWindow natural(
      CredentialId id, Instant issuedAt, Instant notAfter, Optional<RenewalPolicy> policy) {
    return RenewalWindow.of(
        id,
        issuedAt,
        notAfter,
        policy.map(RenewalPolicy::from).orElse(RenewalPolicy.USUAL_FROM),
        policy.map(RenewalPolicy::spread).orElse(RenewalPolicy.USUAL_SPREAD));
  }

  private long minute(Instant at) {
    return Math.floorDiv(at.toEpochMilli() - base.toEpochMilli(), MINUTE_MILLIS);
  }

  /// A number that looks random, from 0, and is another than the one that chose the window.
  static int lot(CredentialId id) {
    long bits = id.value().getLeastSignificantBits() * 0x9e3779b97f4a7c15L;
    bits ^= id.value().getMostSignificantBits();
    bits = (bits ^ (bits >>> 32)) * 0xd6e8feb86659fd93L;
    return (int) ((bits ^ (bits >>> 32)) >>> 33);
  }

  /// As it is stored, compressed.
  public byte[] encoded() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new DeflaterOutputStream(bytes))) {
      out.writeInt(FORMAT);
      out.writeLong(madeAt.toEpochMilli());
      out.writeLong(base.toEpochMilli());
      out.writeInt(perMinute);
      out.writeInt(tracks.size());
      for (Map.Entry<String, Track> each : new TreeMap<>(tracks).entrySet()) {
        out.writeUTF(each.getKey());
        Track track = each.getValue();
        out.writeInt(track.from().length);
        for (int i = 0; i < track.from().length; i++) {
          out.writeInt(track.from()[i]);
          out.writeInt(track.lot()[i]);
          out.writeInt(track.to()[i]);
        }
      }
      curve.write(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  /// @throws IllegalArgumentException when these are not the bytes of a calendar
  public static Calendar decoded(byte[] bytes) {
    try (DataInputStream in =
        new DataInputStream(new InflaterInputStream(new ByteArrayInputStream(bytes)))) {
      if (in.readInt() != FORMAT) {
        throw new IllegalArgumentException("calendar: of another format");
      }
      Instant madeAt = Instant.ofEpochMilli(in.readLong());
      Instant base = Instant.ofEpochMilli(in.readLong());
      int perMinute = in.readInt();
      int count = bounded(in.readInt(), MOST_TRACKS);
      Map<String, Track> tracks = new TreeMap<>();
      for (int each = 0; each < count; each++) {
        String name = in.readUTF();
        int moves = bounded(in.readInt(), MOST_MOVES);
        int[][] columns = new int[3][Math.min(moves, 4_096)];
        for (int i = 0; i < moves; i++) {
          for (int column = 0; column < 3; column++) {
            if (i == columns[column].length) {
              columns[column] = Arrays.copyOf(columns[column], Math.min(moves, 2 * i));
            }
            columns[column][i] = in.readInt();
          }
        }
        tracks.put(
            name,
            moves == 0
                ? new Track(new int[0], new int[0], new int[0])
                : new Track(columns[0], columns[1], columns[2]));
      }
      return new Calendar(madeAt, base, perMinute, tracks, LoadCurve.read(in));
    } catch (IOException e) {
      throw new IllegalArgumentException("calendar: damaged", e);
    }
  }

  private static int bounded(int value, int most) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException("calendar: " + value + " (expected: 0 to " + most + ")");
    }
    return value;
  }
}
