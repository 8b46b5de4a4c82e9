package io.cardea.life.rotation.calendar;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// How many devices are to renew, hour by hour.
///
/// @param from the beginning of the first hour
/// @param overdue devices whose window has opened before it and that have not renewed
/// @param shortLived devices whose credentials are too short-lived to be placed
/// @param over devices that could not be placed within the rate, nor outside of a blackout
/// @param hours of each hour: how many would come without a calendar, how many come by it, and how
///   many of these in its fullest minute
public record LoadCurve(Instant from, long overdue, long shortLived, long over, int[][] hours) {
  private static final int MOST_HOURS = 24 * 366;
  private static final int COLUMNS = 3;

  /// One hour.
  public record Hour(Instant from, int natural, int planned, int peakMinute) {}

  public List<Hour> list() {
    List<Hour> list = new ArrayList<>(hours.length);
    for (int i = 0; i < hours.length; i++) {
      list.add(new Hour(from.plusSeconds(i * 3_600L), hours[i][0], hours[i][1], hours[i][2]));
    }
    return list;
  }

  void write(DataOutputStream out) throws IOException {
    out.writeLong(from.toEpochMilli());
    out.writeLong(overdue);
    out.writeLong(shortLived);
    out.writeLong(over);
    out.writeInt(hours.length);
    for (int[] hour : hours) {
      for (int value : hour) {
        out.writeInt(value);
      }
    }
  }

  static LoadCurve read(DataInputStream in) throws IOException {
    Instant from = Instant.ofEpochMilli(in.readLong());
    long overdue = in.readLong();
    long shortLived = in.readLong();
    long over = in.readLong();
    int count = in.readInt();
    if (count < 0 || count > MOST_HOURS) {
      throw new IllegalArgumentException("hours: " + count + " (expected: <= " + MOST_HOURS + ")");
    }
    int[][] hours = new int[count][COLUMNS];
    for (int[] hour : hours) {
      for (int column = 0; column < COLUMNS; column++) {
        hour[column] = in.readInt();
      }
    }
    return new LoadCurve(from, overdue, shortLived, over, hours);
  }
}
