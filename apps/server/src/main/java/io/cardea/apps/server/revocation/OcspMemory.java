package io.cardea.apps.server.revocation;

import io.cardea.life.pki.AuthorityId;
import io.cardea.life.pki.OcspAnswer;
import io.cardea.life.pki.OcspKey;
import io.cardea.life.pki.Serial;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/// Signed answers, a bounded number of octets of them.
///
/// An answer that was worked out while its certificate changed is not kept: whoever begins to work
/// one out leaves a mark here first, and a change takes the mark away.
final class OcspMemory implements Freshness.StatusMemory {
  /// What an answer takes beside its octets: key, serial number, map.
  private static final int OVERHEAD = 280;

  private final long limit;
  private final Map<OcspKey, Slot> slots = new ConcurrentHashMap<>();
  private final LongAdder octets = new LongAdder();
  private final ReentrantLock sweeping = new ReentrantLock();
  private Iterator<Map.Entry<OcspKey, Slot>> hand = slots.entrySet().iterator();

  sealed interface Slot {}

  /// Somebody works it out.
  static final class Mark implements Slot {
    private Mark() {}
  }

  static final class Kept implements Slot {
    private final OcspAnswer answer;
    private boolean used; // a race costs an answer its second chance

    private Kept(OcspAnswer answer) {
      this.answer = answer;
    }

    private int size() {
      return OVERHEAD + answer.size();
    }
  }

  OcspMemory(long limit) {
    this.limit = limit;
  }

  Optional<OcspAnswer> get(OcspKey key) {
    if (slots.get(key) instanceof Kept kept) {
      if (!kept.used) {
        kept.used = true;
      }
      return Optional.of(kept.answer);
    }
    return Optional.empty();
  }

  /// To be called before the store is asked.
  Mark begin(OcspKey key) {
    Mark mark = new Mark();
    if (slots.put(key, mark) instanceof Kept old) {
      octets.add(-old.size());
    }
    return mark;
  }

  /// Keeps the answer, unless something changed since the mark.
  void keep(OcspKey key, Mark mark, OcspAnswer answer) {
    Kept kept = new Kept(answer);
    if (slots.replace(key, mark, kept)) {
      octets.add(kept.size());
      if (octets.sum() > limit) {
        sweep();
      }
    }
  }

  /// There will be no answer to keep.
  void end(OcspKey key, Mark mark) {
    slots.remove(key, mark);
  }

  @Override
  public void forget(AuthorityId authority, List<Serial> serials) {
    for (Serial serial : serials) {
      for (OcspKey key : OcspKey.all(authority, serial)) {
        remove(key);
      }
    }
  }

  @Override
  public void forgetAll() {
    slots.keySet().forEach(this::remove);
  }

  private void remove(OcspKey key) {
    if (slots.remove(key) instanceof Kept old) {
      octets.add(-old.size());
    }
  }

  /// Goes round and takes what was not used since it came by last.
  private void sweep() {
    if (!sweeping.tryLock()) {
      return;
    }
    try {
      int rounds = 0;
      while (octets.sum() > limit && rounds < 3) {
        if (!hand.hasNext()) {
          hand = slots.entrySet().iterator();
          rounds++;
          continue;
        }
        Map.Entry<OcspKey, Slot> next = hand.next();
        if (next.getValue() instanceof Kept kept) {
          if (kept.used) {
            kept.used = false;
          } else if (slots.remove(next.getKey(), kept)) {
            octets.add(-kept.size());
          }
        }
      }
    } finally {
      sweeping.unlock();
    }
  }

  int answers() {
    return slots.size();
  }

  long octets() {
    return octets.sum();
  }
}
