package io.cardea.platform.store;

import io.cardea.life.inventory.CredentialId;
import io.cardea.life.inventory.DeviceId;
import io.cardea.life.ledger.Commits.StoreFailure;
import io.cardea.life.rotation.Campaign;
import io.cardea.life.rotation.Campaigns;
import io.cardea.life.rotation.Selection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/// Campaigns, on PostgreSQL.
///
/// Each step holds a shared lock on its campaign while the campaign is running, so that a pause
/// waits for the batch that is under way, and nothing comes after it. Rows that another server has
/// at the same moment are passed over.
public final class PostgresCampaigns implements Campaigns {
  /// Held while devices are chosen, in whatever campaign: nobody gets into two.
  private static final long CHOOSING = 0x63_61_6d_70_61_69_67_6eL;

  private static final String ACCEPTED =
      "c.slot = 'operational' and c.state in ('staged', 'current', 'retiring')"
          + " and c.not_after > :now";

  private static final String ELSEWHERE =
      """
      exists (select 1 from campaign_device x join campaign o on o.id = x.campaign
        where x.device = d.id and o.ended_at is null)
      """;

  private final Jdbi jdbi;

  /// The database stays the caller's to close.
  public PostgresCampaigns(Database database) {
    this.jdbi = database.jdbi();
  }

  @Override
  public Campaign.Extent campaignExtent(Selection selection, Instant now) {
    SelectionColumns.Where where = SelectionColumns.Where.of(selection);
    return answered(handle ->
        handle
            .createQuery(
                """
                select count(*) as devices, count(*) filter (where healthy) as healthy,
                  count(*) filter (where elsewhere) as elsewhere
                from (
                  select d.id, %4$s as elsewhere,
                    bool_or(c.last_used_at >= :now::timestamptz
                      - dc.longest_silence_ms * interval '1 ms') as healthy
                  from (select id, class from device where true %1$s) d
                  join device_class dc on dc.name = d.class
                  join credential c on c.device = d.id and %3$s %2$s
                  group by d.id) each_device
                """
                    .formatted(where.devices(), where.credentials(), ACCEPTED, ELSEWHERE))
            .bindMap(where.values())
            .bind("now", now)
            .map((row, context) ->
                new Campaign.Extent(
                    row.getLong("devices"), row.getLong("healthy"), row.getLong("elsewhere")))
            .one());
  }

  @Override
  public Optional<Campaign> campaign(UUID id) {
    return answered(handle ->
        handle
            .createQuery("select * from campaign where id = :id")
            .bind("id", id)
            .map((row, context) -> campaign(row))
            .findOne());
  }

  @Override
  public List<Campaign> campaigns(Optional<String> actor, Optional<UUID> before, int limit) {
    return answered(handle ->
        handle
            .createQuery(
                """
                select * from campaign
                where (:actor::text is null or actor = :actor)
                  and (:before::uuid is null or (begun_at, id) <
                    (select begun_at, id from campaign where id = :before))
                order by begun_at desc, id desc limit :limit
                """)
            .bind("actor", actor.orElse(null))
            .bind("before", before.orElse(null))
            .bind("limit", limit)
            .map((row, context) -> campaign(row))
            .list());
  }

  @Override
  public List<Campaign> runningCampaigns() {
    return answered(handle ->
        handle
            .createQuery("select * from campaign where state = 'running' order by begun_at, id")
            .map((row, context) -> campaign(row))
            .list());
  }

  @Override
  public boolean enlist(UUID id, Instant now) {
    return inTransaction(handle -> {
      handle.execute("select pg_advisory_xact_lock(?)", CHOOSING);
      Optional<Choosing> choosing =
          handle
              .createQuery(
                  """
                  select * from campaign
                  where id = :id and state = 'running' and not chosen_all for update
                  """)
              .bind("id", id)
              .map((row, context) ->
                  new Choosing(
                      campaign(row),
                      String.valueOf(row.getString("chosen_after")),
                      row.getLong("chosen")))
              .findOne();
      if (choosing.isEmpty()) {
        return false;
      }
      List<Chosen> batch = candidates(handle, choosing.get(), now);
      List<Chosen> free = batch.stream().filter(each -> !each.elsewhere()).toList();
      admit(handle, choosing.get(), free);
      boolean all = batch.size() < BATCH;
      handle
          .createUpdate(
              """
              update campaign set chosen_after = :after, chosen = chosen + :chosen,
                chosen_all = :all where id = :id
              """)
          .bind("id", id)
          .bind("after", batch.isEmpty() ? "" : batch.getLast().device())
          .bind("chosen", free.size())
          .bind("all", all)
          .execute();
      return !all;
    });
  }

  /// How far the choosing has come.
  private record Choosing(Campaign campaign, String after, long chosen) {}

  private record Chosen(String device, boolean elsewhere) {}

  private static List<Chosen> candidates(Handle handle, Choosing choosing, Instant now) {
    SelectionColumns.Where where = SelectionColumns.Where.of(choosing.campaign().selection());
    return handle
        .createQuery(
            """
            select d.id, %4$s as elsewhere
            from (select id from device where id > :after %1$s) d
            where exists (select 1 from credential c where c.device = d.id and %3$s %2$s)
            order by d.id limit :limit
            """
                .formatted(where.devices(), where.credentials(), ACCEPTED, ELSEWHERE))
        .bindMap(where.values())
        .bind("after", choosing.after())
        .bind("now", now)
        .bind("limit", BATCH)
        .map((row, context) ->
            new Chosen(String.valueOf(row.getString("id")), row.getBoolean("elsewhere")))
        .list();
  }

  private static void admit(Handle handle, Choosing choosing, List<Chosen> free) {
    List<Integer> waves = new ArrayList<>(free.size());
    Map<Integer, Long> sizes = new TreeMap<>();
    for (int i = 0; i < free.size(); i++) {
      int wave = choosing.campaign().course().waveOf(choosing.chosen() + i);
      waves.add(wave);
      sizes.merge(wave, 1L, Long::sum);
    }
    handle
        .createUpdate(
            """
            insert into campaign_device (campaign, device, wave)
            select :id, its.device, its.wave
            from unnest(:devices::text[], :waves::int[]) as its(device, wave)
            """)
        .bind("id", choosing.campaign().id())
        .bind("devices", free.stream().map(Chosen::device).toArray(String[]::new))
        .bind("waves", waves.toArray(Integer[]::new))
        .execute();
    sizes.forEach((wave, size) ->
        handle
            .createUpdate(
                """
                insert into campaign_wave as known (campaign, wave, waiting)
                values (:id, :wave, :size)
                on conflict (campaign, wave) do update set waiting = known.waiting + excluded.waiting
                """)
            .bind("id", choosing.campaign().id())
            .bind("wave", wave)
            .bind("size", size)
            .execute());
  }

  @Override
  public int call(UUID id, int limit, Instant now) {
    return stepped(
        id,
        """
        update campaign_device cd set standing = 'called', called_at = :now
        from (
          select w.device from campaign_device w
          where w.campaign = :id and w.standing = 'waiting'
            and w.wave <= (select wave from campaign where id = :id)
          order by w.wave, w.device limit :limit for update skip locked) batch
        where cd.campaign = :id and cd.device = batch.device
        returning cd.wave, 'waiting' as was, cd.standing as becomes
        """,
        Map.of("now", now, "limit", Math.min(limit, BATCH)));
  }

  @Override
  public int settle(UUID id, Duration patience, Instant now) {
    int moved =
        stepped(
            id,
            """
            with batch as (
              select number, device, credential from campaign_proof
              where campaign = :id order by number limit :limit for update skip locked),
            read as (delete from campaign_proof p using batch where p.number = batch.number),
            before as (
              select cd.device, cd.standing, min(batch.credential::text)::uuid as credential
              from campaign_device cd join batch on batch.device = cd.device
              where cd.campaign = :id and cd.standing in ('called', 'late')
              group by cd.device, cd.standing)
            update campaign_device cd
            set standing = 'moved', settled_at = :now, evidence = before.credential
            from before where cd.campaign = :id and cd.device = before.device
            returning cd.wave, before.standing as was, cd.standing as becomes
            """,
            Map.of("now", now, "limit", BATCH));
    int over =
        stepped(
            id,
            """
            with batch as (
              select device from campaign_device
              where campaign = :id and standing = 'called' and called_at <= :due
              order by called_at limit :limit for update skip locked)
            update campaign_device cd
            set settled_at = :now, standing = case
              when exists (select 1 from credential c where c.device = cd.device and %s)
              then 'late' else 'gone' end
            from batch where cd.campaign = :id and cd.device = batch.device
              and not exists (select 1 from campaign_proof p
                where p.campaign = :id and p.device = cd.device)
            returning cd.wave, 'called' as was, cd.standing as becomes
            """
                .formatted(ACCEPTED),
            Map.of("now", now, "due", now.minus(patience), "limit", BATCH));
    return moved + over;
  }

  /// From which standing to which, and how many of which wave.
  private record Step(int wave, String was, String becomes) {}

  private int stepped(UUID id, String sql, Map<String, Object> values) {
    return inTransaction(handle -> {
      if (handle
          .createQuery("select 1 from campaign where id = :id and state = 'running' for share")
          .bind("id", id)
          .mapTo(Integer.class)
          .findOne()
          .isEmpty()) {
        return 0;
      }
      List<Step> steps =
          handle
              .createQuery(sql)
              .bind("id", id)
              .bindMap(values)
              .map((row, context) ->
                  new Step(
                      row.getInt("wave"),
                      String.valueOf(row.getString("was")),
                      String.valueOf(row.getString("becomes"))))
              .list();
      count(handle, id, steps);
      return steps.size();
    });
  }

  /// In the order of the waves, so that two servers never wait for each other.
  private static void count(Handle handle, UUID id, List<Step> steps) {
    Map<Integer, Map<String, Long>> changes = new TreeMap<>();
    for (Step step : steps) {
      Map<String, Long> its = changes.computeIfAbsent(step.wave(), _ -> new TreeMap<>());
      its.merge(step.was(), -1L, Long::sum);
      its.merge(step.becomes(), 1L, Long::sum);
    }
    changes.forEach((wave, its) ->
        handle
            .createUpdate(
                """
                update campaign_wave set waiting = waiting + :waiting, called = called + :called,
                  moved = moved + :moved, late = late + :late, gone = gone + :gone
                where campaign = :id and wave = :wave
                """)
            .bind("id", id)
            .bind("wave", wave)
            .bind("waiting", its.getOrDefault("waiting", 0L))
            .bind("called", its.getOrDefault("called", 0L))
            .bind("moved", its.getOrDefault("moved", 0L))
            .bind("late", its.getOrDefault("late", 0L))
            .bind("gone", its.getOrDefault("gone", 0L))
            .execute());
  }

  @Override
  public boolean nextWave(UUID id, int from) {
    return answered(handle ->
        handle
                .createUpdate(
                    """
                    update campaign set wave = wave + 1
                    where id = :id and wave = :from and state = 'running'
                    """)
                .bind("id", id)
                .bind("from", from)
                .execute()
            == 1);
  }

  @Override
  public List<Tally> tallies(UUID id) {
    return answered(handle ->
        handle
            .createQuery("select * from campaign_wave where campaign = :id order by wave")
            .bind("id", id)
            .map((row, context) ->
                new Tally(
                    row.getInt("wave"),
                    row.getLong("waiting"),
                    row.getLong("called"),
                    row.getLong("moved"),
                    row.getLong("late"),
                    row.getLong("gone")))
            .list());
  }

  @Override
  public Optional<Call> call(DeviceId device) {
    return answered(handle ->
        handle
            .createQuery(
                """
                select cd.called_at, o.cause from campaign_device cd
                join campaign o on o.id = cd.campaign
                where cd.device = :device and cd.standing in ('called', 'late')
                  and o.ended_at is null
                order by cd.called_at desc limit 1
                """)
            .bind("device", device.value())
            .map((row, context) -> new Call(Mappers.time(row, "called_at"), cause(row)))
            .findOne());
  }

  @Override
  public List<Called> calledSince(Instant after, int limit) {
    return answered(handle ->
        handle
            .createQuery(
                """
                select cd.device, cd.called_at, o.cause from campaign o
                join campaign_device cd on cd.campaign = o.id
                where o.ended_at is null and cd.standing = 'called' and cd.called_at > :after
                order by cd.called_at, cd.device limit :limit
                """)
            .bind("after", after)
            .bind("limit", limit)
            .map((row, context) ->
                new Called(
                    new DeviceId(row.getString("device")),
                    new Call(Mappers.time(row, "called_at"), cause(row))))
            .list());
  }

  @Override
  public List<Participant> participants(
      UUID campaign, Optional<Standing> standing, String after, int limit) {
    return answered(handle ->
        handle
            .createQuery(
                """
                select * from campaign_device
                where campaign = :id and device > :after
                  and (:standing::text is null or standing = :standing)
                order by device limit :limit
                """)
            .bind("id", campaign)
            .bind("after", after)
            .bind("standing", standing.map(Standing::word).orElse(null))
            .bind("limit", limit)
            .map((row, context) ->
                new Participant(
                    new DeviceId(String.valueOf(row.getString("device"))),
                    row.getInt("wave"),
                    Standing.valueOf(
                        String.valueOf(row.getString("standing")).toUpperCase(Locale.ROOT)),
                    Mappers.optionalTime(row, "called_at"),
                    Mappers.optionalTime(row, "settled_at"),
                    Optional.ofNullable(row.getObject("evidence", UUID.class))
                        .map(CredentialId::new)))
            .list());
  }

  private static Campaign.Cause cause(ResultSet row) throws SQLException {
    return Campaign.Cause.valueOf(String.valueOf(row.getString("cause")).toUpperCase(Locale.ROOT));
  }

  private static Campaign campaign(ResultSet row) throws SQLException {
    return new Campaign(
        Mappers.uuid(row, "id"),
        String.valueOf(row.getString("actor")),
        SelectionColumns.read(row),
        cause(row),
        String.valueOf(row.getString("why")),
        new Campaign.Course(
            row.getInt("canary"),
            row.getInt("growth"),
            row.getInt("per_minute"),
            row.getInt("error_budget"),
            Duration.ofMillis(row.getLong("patience_ms"))),
        new Campaign.Extent(
            row.getLong("devices_meant"),
            row.getLong("healthy_meant"),
            row.getLong("elsewhere_meant")),
        Mappers.time(row, "begun_at"),
        Campaign.State.valueOf(String.valueOf(row.getString("state")).toUpperCase(Locale.ROOT)),
        row.getInt("wave"),
        String.valueOf(row.getString("halt")),
        row.getLong("forgiven"),
        Mappers.optionalTime(row, "ended_at"));
  }

  @FunctionalInterface
  private interface Query<T> {
    T run(Handle handle);
  }

  private <T> T answered(Query<T> query) {
    try {
      return jdbi.withHandle(query::run);
    } catch (JdbiException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }

  private <T> T inTransaction(Query<T> query) {
    try {
      return jdbi.inTransaction(query::run);
    } catch (JdbiException e) {
      throw new StoreFailure("the database did not answer", e);
    }
  }
}
