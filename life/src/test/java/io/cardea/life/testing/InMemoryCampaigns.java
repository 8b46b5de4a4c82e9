package io.cardea.life.testing;

import static java.util.Objects.requireNonNull;

import io.cardea.life.inventory.Credential;
import io.cardea.life.inventory.CredentialState;
import io.cardea.life.inventory.Device;
import io.cardea.life.inventory.DeviceClass;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.inventory.SlotId;
import io.cardea.life.rotation.Campaign;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.Selection;
import io.cardea.life.testing.InMemoryTables.CredentialRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// Campaigns in memory, under the lock of the store whose devices they are about.
public final class InMemoryCampaigns implements Campaigns {
  private final InMemoryStore lock;
  private final InMemoryTables tables;

  InMemoryCampaigns(InMemoryStore lock, InMemoryTables tables) {
    this.lock = lock;
    this.tables = tables;
  }

  static Campaign moved(
      Campaign campaign,
      Campaign.State to,
      int wave,
      String halt,
      long forgiven,
      Optional<Instant> endedAt) {
    return new Campaign(
        campaign.id(),
        campaign.actor(),
        campaign.selection(),
        campaign.cause(),
        campaign.why(),
        campaign.course(),
        campaign.extent(),
        campaign.begunAt(),
        to,
        wave,
        halt,
        forgiven,
        endedAt);
  }

  @Override
  public Campaign.Extent campaignExtent(Selection selection, Instant now) {
    synchronized (lock) {
      List<Device> all = chosen(selection, now).toList();
      return new Campaign.Extent(
          all.size(),
          all.stream().filter(device -> healthy(device, now)).count(),
          all.stream().filter(device -> isElsewhere(device.id())).count());
    }
  }

  private Stream<Device> chosen(Selection selection, Instant now) {
    return tables.devices.values().stream()
        .filter(device -> InMemoryStore.selects(selection, device))
        .filter(device ->
            credentials(device.id())
                .filter(each -> selection.authority().map(each.authority()::equals).orElse(true))
                .anyMatch(each -> each.state().accepted() && each.notAfter().isAfter(now)));
  }

  private boolean healthy(Device device, Instant now) {
    DeviceClass its = requireNonNull(tables.classes.get(device.deviceClass()));
    Instant lately = now.minus(its.longestSilence());
    return credentials(device.id())
        .filter(each -> each.state().accepted() && each.notAfter().isAfter(now))
        .anyMatch(each -> each.lastUsedAt().filter(used -> !used.isBefore(lately)).isPresent());
  }

  private Stream<Credential> credentials(DeviceId device) {
    return tables.credentials.values().stream()
        .map(CredentialRow::credential)
        .filter(each -> each.slot().equals(SlotId.operational(device)));
  }

  private boolean isElsewhere(DeviceId device) {
    return open(device).findAny().isPresent();
  }

  private Stream<Participant> open(DeviceId device) {
    return tables.campaigns.values().stream()
        .filter(campaign -> !campaign.state().over())
        .flatMap(campaign -> Optional.ofNullable(rows(campaign.id()).get(device)).stream());
  }

  private Map<DeviceId, Participant> rows(UUID campaign) {
    return tables.participants.computeIfAbsent(campaign, _ -> new TreeMap<>());
  }

  @Override
  public Optional<Campaign> campaign(UUID id) {
    synchronized (lock) {
      return Optional.ofNullable(tables.campaigns.get(id));
    }
  }

  @Override
  public List<Campaign> campaigns(Optional<String> actor, Optional<UUID> before, int limit) {
    synchronized (lock) {
      List<Campaign> all =
          tables.campaigns.values().stream()
              .filter(each -> actor.isEmpty() || each.actor().equals(actor.get()))
              .sorted(
                  Comparator.comparing(Campaign::begunAt).thenComparing(Campaign::id).reversed())
              .toList();
      int from =
          before.map(id -> all.stream().map(Campaign::id).toList().indexOf(id) + 1).orElse(0);
      return all.subList(from, Math.min(all.size(), from + limit));
    }
  }

  @Override
  public List<Campaign> runningCampaigns() {
    synchronized (lock) {
      return tables.campaigns.values().stream()
          .filter(campaign -> campaign.state() == Campaign.State.RUNNING)
          .toList();
    }
  }

  private boolean isRunning(UUID id) {
    return campaign(id).filter(its -> its.state() == Campaign.State.RUNNING).isPresent();
  }

  @Override
  public boolean enlist(UUID id, Instant now) {
    synchronized (lock) {
      if (!isRunning(id) || tables.enlisted.contains(id)) {
        return false;
      }
      Campaign campaign = requireNonNull(tables.campaigns.get(id));
      for (Device device : chosen(campaign.selection(), now).toList()) {
        if (!isElsewhere(device.id())) {
          int wave = campaign.course().waveOf(rows(id).size());
          rows(id)
              .put(
                  device.id(),
                  new Participant(
                      device.id(),
                      wave,
                      Standing.WAITING,
                      Optional.empty(),
                      Optional.empty(),
                      Optional.empty()));
        }
      }
      tables.enlisted.add(id);
      return false;
    }
  }

  @Override
  public int call(UUID id, int limit, Instant now) {
    synchronized (lock) {
      if (!isRunning(id)) {
        return 0;
      }
      int wave = requireNonNull(tables.campaigns.get(id)).wave();
      return step(
          id,
          limit,
          each -> each.standing() == Standing.WAITING && each.wave() <= wave,
          each ->
              new Participant(
                  each.device(),
                  each.wave(),
                  Standing.CALLED,
                  Optional.of(now),
                  Optional.empty(),
                  Optional.empty()));
    }
  }

  private int step(
      UUID id, int limit, Predicate<Participant> which, UnaryOperator<Participant> next) {
    List<Participant> some = rows(id).values().stream().filter(which).limit(limit).toList();
    some.forEach(each -> rows(id).put(each.device(), next.apply(each)));
    return some.size();
  }

  @Override
  public int settle(UUID id, Duration patience, Instant now) {
    synchronized (lock) {
      if (!isRunning(id)) {
        return 0;
      }
      int moved =
          step(
              id,
              BATCH,
              each -> each.standing().open() && evidence(id, each).isPresent(),
              each -> settled(each, Standing.MOVED, now, evidence(id, each).map(Credential::id)));
      int over =
          step(
              id,
              BATCH - moved,
              each ->
                  each.standing() == Standing.CALLED
                      && !each.calledAt().orElseThrow().plus(patience).isAfter(now),
              each ->
                  settled(
                      each,
                      credentials(each.device())
                              .anyMatch(
                                  its -> its.state().accepted() && its.notAfter().isAfter(now))
                          ? Standing.LATE
                          : Standing.GONE,
                      now,
                      Optional.empty()));
      return moved + over;
    }
  }

  private Optional<Credential> evidence(UUID id, Participant participant) {
    Call call =
        new Call(
            participant.calledAt().orElseThrow(), requireNonNull(tables.campaigns.get(id)).cause());
    return credentials(participant.device())
        .filter(each -> each.provenAt().isPresent() && each.state() != CredentialState.REVOKED)
        .filter(each -> !each.issuedAt().isBefore(call.at()))
        .filter(each -> !call.newKey() || isNewKey(each, call.at()))
        .findFirst();
  }

  private boolean isNewKey(Credential credential, Instant calledAt) {
    return credentials(credential.slot().device())
        .filter(each -> each.issuedAt().isBefore(calledAt))
        .noneMatch(each -> each.key().equals(credential.key()));
  }

  private static Participant settled(
      Participant its,
      Standing standing,
      Instant now,
      Optional<io.cardea.life.inventory.CredentialId> evidence) {
    return new Participant(
        its.device(), its.wave(), standing, its.calledAt(), Optional.of(now), evidence);
  }

  @Override
  public boolean nextWave(UUID id, int from) {
    synchronized (lock) {
      Campaign campaign = requireNonNull(tables.campaigns.get(id));
      if (campaign.state() != Campaign.State.RUNNING || campaign.wave() != from) {
        return false;
      }
      tables.campaigns.put(
          id,
          moved(
              campaign,
              campaign.state(),
              from + 1,
              campaign.halt(),
              campaign.forgiven(),
              campaign.endedAt()));
      return true;
    }
  }

  @Override
  public List<Tally> tallies(UUID id) {
    synchronized (lock) {
      Map<Integer, List<Participant>> waves = new TreeMap<>();
      rows(id)
          .values()
          .forEach(each -> waves.computeIfAbsent(each.wave(), _ -> new ArrayList<>()).add(each));
      return waves.entrySet().stream()
          .map(wave ->
              new Tally(
                  wave.getKey(),
                  count(wave.getValue(), Standing.WAITING),
                  count(wave.getValue(), Standing.CALLED),
                  count(wave.getValue(), Standing.MOVED),
                  count(wave.getValue(), Standing.LATE),
                  count(wave.getValue(), Standing.GONE)))
          .toList();
    }
  }

  private static long count(List<Participant> some, Standing standing) {
    return some.stream().filter(each -> each.standing() == standing).count();
  }

  @Override
  public Optional<Call> call(DeviceId device) {
    synchronized (lock) {
      return tables.campaigns.values().stream()
          .filter(campaign -> !campaign.state().over())
          .flatMap(campaign ->
              Optional.ofNullable(rows(campaign.id()).get(device))
                  .filter(each -> each.standing().open())
                  .flatMap(Participant::calledAt)
                  .map(at -> new Call(at, campaign.cause()))
                  .stream())
          .max(Comparator.comparing(Call::at));
    }
  }

  @Override
  public List<Called> calledSince(Instant after, int limit) {
    synchronized (lock) {
      return tables.campaigns.values().stream()
          .filter(campaign -> !campaign.state().over())
          .flatMap(campaign ->
              rows(campaign.id()).values().stream()
                  .filter(each -> each.standing() == Standing.CALLED)
                  .flatMap(each ->
                      each
                          .calledAt()
                          .filter(at -> at.isAfter(after))
                          .map(at -> new Called(each.device(), new Call(at, campaign.cause())))
                          .stream()))
          .sorted(
              Comparator.comparing((Called each) -> each.call().at()).thenComparing(Called::device))
          .limit(limit)
          .toList();
    }
  }

  @Override
  public List<Participant> participants(
      UUID campaign, Optional<Standing> standing, String after, int limit) {
    synchronized (lock) {
      return rows(campaign).values().stream()
          .filter(each -> each.device().value().compareTo(after) > 0)
          .filter(each -> standing.map(each.standing()::equals).orElse(true))
          .limit(limit)
          .toList();
    }
  }
}
