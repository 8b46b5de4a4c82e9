package io.cardea.life.rotation.calendar;

import io.cardea.life.rotation.RenewalWindow;
import io.cardea.life.rotation.calendar.Calendar.Track;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;

/// Makes a calendar of the whole fleet.
///
/// It goes through the minutes from the last one to the first, and fills each with devices whose
/// usual window opens then or later, up to the rate. So a device comes at its usual time or before.
/// Nobody is moved by more than half of what lies between its issue and its usual time: a fleet
/// that is too large for its rate would renew for ever; who cannot be placed stays where it is, and
/// is counted.
///
/// Takes eight bytes a device while it works.
public final class CalendarMaker {
  private static final int MINUTES = (int) Calendar.HORIZON.toMinutes();
  private static final int MOST_POLICIES = 1 << 12;

  private final Instant madeAt;
  private final Instant base;
  private final int perMinute;
  private final List<RenewalPolicy> policies;
  private final int[] reserved = new int[MINUTES];

  /// By policy (without one: the first), how far its devices of a minute may be moved.
  private final int[][] slack;

  private long[] items = new long[1 << 16];
  private int count;
  private long overdue;
  private long shortLived;
  private double always;

  /// @param policies in the order of [RenewalPolicy#inOrder]
  /// @param perMinute how many devices may come in a minute; 0 for as many as like
  public CalendarMaker(Instant now, int perMinute, List<RenewalPolicy> policies) {
    if (policies.size() >= MOST_POLICIES) {
      throw new IllegalArgumentException(
          "policies: " + policies.size() + " (expected: < " + MOST_POLICIES + ")");
    }
    this.madeAt = now.truncatedTo(ChronoUnit.MILLIS);
    this.base = now.truncatedTo(ChronoUnit.MINUTES);
    this.perMinute = perMinute;
    this.policies = List.copyOf(policies);
    this.slack = new int[policies.size() + 1][];
  }

  /// Leaves room for devices that a campaign calls: so many a minute, for so many minutes.
  public CalendarMaker reserve(int each, long minutes) {
    for (int minute = 0; minute < Math.min(minutes, MINUTES); minute++) {
      reserved[minute] += each;
    }
    return this;
  }

  /// Takes in one device.
  public void add(Forthcoming device) {
    Duration life = Duration.between(device.issuedAt(), device.notAfter());
    if (life.compareTo(Calendar.SHORTEST_LIFE) < 0) {
      shortLived++;
      always += 1 / Math.max(1.0, life.toSeconds() / 60.0 * 0.65);
      return;
    }
    RenewalWindow usual =
        Calendar.natural(
            device.id(), device.issuedAt(), device.notAfter(), policy(device.policy()));
    long minute = Math.floorDiv(usual.start().toEpochMilli() - base.toEpochMilli(), 60_000L);
    if (minute < 0) {
      overdue++;
    } else if (minute < MINUTES) {
      int may =
          (int)
              Math.min(MINUTES, Duration.between(device.issuedAt(), usual.start()).toMinutes() / 2);
      int track = device.policy() + 1;
      if (slack[track] == null) {
        slack[track] = new int[MINUTES];
        Arrays.fill(slack[track], MINUTES);
      }
      slack[track][(int) minute] = Math.min(slack[track][(int) minute], may);
      append(((long) track << 51) | (minute << 31) | Calendar.lot(device.id()));
    }
  }

  private Optional<RenewalPolicy> policy(int index) {
    return index < 0 ? Optional.empty() : Optional.of(policies.get(index));
  }

  private void append(long item) {
    if (count == items.length) {
      items = Arrays.copyOf(items, Math.multiplyExact(count, 2));
    }
    items[count++] = item;
  }

  private static int track(long item) {
    return (int) (item >>> 51);
  }

  private static int minute(long item) {
    return (int) (item >>> 31) & 0xfffff;
  }

  private static int lot(long item) {
    return (int) item & 0x7fffffff;
  }

  /// Devices of one policy whose usual window opens in one minute, by their lots; from `low` up to
  /// `high` they have no place yet.
  private static final class Group {
    private final int track;
    private final int minute;
    private final int earliest;
    private final int low;
    private final Deque<int[]> moves = new ArrayDeque<>();
    private int high;

    private Group(int track, int minute, int slack, int low, int high) {
      this.track = track;
      this.minute = minute;
      this.earliest = Math.max(0, minute - slack);
      this.low = low;
      this.high = high;
    }
  }

  public Calendar make() {
    Arrays.sort(items, 0, count);
    Map<Integer, List<Group>> opening = new HashMap<>();
    for (int low = 0; low < count; ) {
      int high = low + 1;
      while (high < count && items[high] >>> 31 == items[low] >>> 31) {
        high++;
      }
      int track = track(items[low]);
      int minute = minute(items[low]);
      opening
          .computeIfAbsent(minute, _ -> new ArrayList<>(1))
          .add(new Group(track, minute, slack[track][minute], low, high));
      low = high;
    }
    return placed(opening);
  }

  private Calendar placed(Map<Integer, List<Group>> opening) {
    int[] planned = new int[MINUTES];
    long over = 0;
    List<PriorityQueue<Group>> waiting = new ArrayList<>();
    for (int track = 0; track <= policies.size(); track++) {
      waiting.add(new PriorityQueue<>(Comparator.comparingInt((Group each) -> -each.earliest)));
    }
    for (int minute = MINUTES - 1; minute >= 0; minute--) {
      for (Group group : opening.getOrDefault(minute, List.of())) {
        waiting.get(group.track).add(group);
      }
      fill(minute, waiting, planned);
      for (PriorityQueue<Group> queue : waiting) {
        while (!queue.isEmpty() && queue.peek().earliest >= minute) {
          Group group = queue.remove();
          over += group.high - group.low;
          planned[group.minute] += group.high - group.low;
          move(group, group.high - group.low, group.minute);
        }
      }
    }
    return new Calendar(
        madeAt,
        base,
        perMinute,
        tracks(opening),
        new LoadCurve(base, overdue, shortLived, over, hours(planned)));
  }

  private void fill(int minute, List<PriorityQueue<Group>> waiting, int[] planned) {
    int room =
        perMinute == 0
            ? Integer.MAX_VALUE
            : perMinute - reserved[minute] - (int) Math.ceil(always) - planned[minute];
    while (room > 0) {
      PriorityQueue<Group> next = null;
      for (int track = 0; track < waiting.size(); track++) {
        PriorityQueue<Group> queue = waiting.get(track);
        boolean may = !queue.isEmpty() && !(track > 0 && blackout(track - 1, minute));
        if (may && (next == null || queue.element().earliest > next.element().earliest)) {
          next = queue;
        }
      }
      if (next == null) {
        return;
      }
      Group group = next.element();
      int some = Math.min(room, group.high - group.low);
      move(group, some, minute);
      planned[minute] += some;
      room -= some;
      if (group.high == group.low) {
        next.remove();
      }
    }
  }

  private boolean blackout(int policy, int minute) {
    RenewalPolicy its = policies.get(policy);
    if (its.blackouts().isEmpty()) {
      return false;
    }
    long day = Math.floorMod(Math.floorDiv(base.getEpochSecond(), 60L) + minute, 1_440L);
    return its.isBlackout((int) day);
  }

  /// The last of a group, as their lots are, come in this minute.
  private void move(Group group, int some, int minute) {
    group.moves.addFirst(new int[] {lot(items[group.high - 1]), minute});
    group.high -= some;
  }

  private Map<String, Track> tracks(Map<Integer, List<Group>> opening) {
    Map<String, Track> tracks = new HashMap<>();
    for (int track = 0; track <= policies.size(); track++) {
      List<int[]> moves = new ArrayList<>();
      for (int minute = 0; minute < MINUTES; minute++) {
        for (Group group : opening.getOrDefault(minute, List.of())) {
          if (group.track == track && moves(group)) {
            // Whoever is not here yet and belongs to this minute goes with the last of them.
            group.moves.getLast()[0] = Integer.MAX_VALUE;
            for (int[] move : group.moves) {
              moves.add(new int[] {minute, move[0], move[1]});
            }
          }
        }
      }
      if (!moves.isEmpty()) {
        String name = track == 0 ? "" : policies.get(track - 1).name();
        tracks.put(name, new Track(column(moves, 0), column(moves, 1), column(moves, 2)));
      }
    }
    return tracks;
  }

  private static boolean moves(Group group) {
    return group.moves.size() > 1 || group.moves.getFirst()[1] != group.minute;
  }

  private static int[] column(List<int[]> moves, int column) {
    return moves.stream().mapToInt(move -> move[column]).toArray();
  }

  private int[][] hours(int[] planned) {
    int[][] hours = new int[MINUTES / 60][3];
    for (int i = 0; i < count; i++) {
      hours[minute(items[i]) / 60][0]++;
    }
    for (int minute = 0; minute < MINUTES; minute++) {
      int[] hour = hours[minute / 60];
      hour[1] += planned[minute];
      hour[2] = Math.max(hour[2], planned[minute]);
    }
    return hours;
  }
}
