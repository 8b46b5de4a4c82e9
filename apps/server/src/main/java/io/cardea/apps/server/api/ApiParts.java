package io.cardea.apps.server.api;

import io.cardea.apps.server.watch.Watch;
import io.cardea.life.Rate;
import io.cardea.life.TrustedTime;
import io.cardea.life.enrolment.IssuanceDesk;
import io.cardea.life.enrolment.TokenDesk;
import io.cardea.life.findings.DeviceStory;
import io.cardea.life.findings.HandshakeFailures;
import io.cardea.life.inventory.Actor;
import io.cardea.life.inventory.ApiTokens;
import io.cardea.life.inventory.Inventory;
import io.cardea.life.inventory.InventoryView;
import io.cardea.life.inventory.Registry;
import io.cardea.life.pki.Authorities;
import io.cardea.life.pki.AuthorityDesk;
import io.cardea.life.pki.AuthoritySuccession;
import io.cardea.life.pki.KeyHome;
import io.cardea.life.pki.ProfileDesk;
import io.cardea.life.rotation.Access;
import io.cardea.life.rotation.CampaignDesk;
import io.cardea.life.rotation.MassRevocation;
import io.cardea.life.rotation.Quarantine;
import io.cardea.life.rotation.Revocation;
import io.cardea.life.rotation.calendar.CalendarDesk;
import io.cardea.life.rotation.emergency.EmergencyDesk;
import io.cardea.life.rotation.plan.PlanDesk;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/// The use cases and reads that the API shows to the world.
///
/// @param usualKeyHome where keys of authorities are made when nobody says where
/// @param bearer who presents this token, of whatever kind it is
/// @param perToken how often each of them may ask
/// @param metrics one scrape, in the text format of Prometheus
public record ApiParts(
    Inventory inventory,
    InventoryView view,
    Authorities authorities,
    Registry registry,
    ProfileDesk profileDesk,
    AuthorityDesk authorityDesk,
    AuthoritySuccession authoritySuccession,
    KeyHome usualKeyHome,
    Revocation revocation,
    MassRevocation massRevocation,
    CampaignDesk campaigns,
    CalendarDesk calendar,
    PlanDesk plans,
    EmergencyDesk emergencies,
    Quarantine quarantine,
    JoiningParts joining,
    AudienceParts audiences,
    SecretParts secrets,
    Access access,
    TokenDesk tokenDesk,
    IssuanceDesk issuanceDesk,
    ApiTokens apiTokens,
    Function<String, Optional<Actor>> bearer,
    Rate perToken,
    DeviceStory deviceStory,
    HandshakeFailures handshakes,
    Watch watch,
    TrustedTime time,
    Supplier<Health> health,
    Supplier<String> metrics,
    ApiEvents events) {}
