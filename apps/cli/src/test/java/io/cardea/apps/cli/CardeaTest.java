package io.cardea.apps.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cardea.life.Refusal;
import io.cardea.life.findings.Alarm;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The whole command line in one table: each command, what it asks of the API, what it prints.
/// Long, as it has a line for every command there is.
class CardeaTest {
  private static final String PUMP =
      """
      {"id":"pump-1","class":"sensors","state":"enrolled","serial":null,"owner":"","environment":"field",\
      "labels":{"line":"2"},"registered_at":"2026-11-21T10:00:00Z"}\
      """;

  /// Every command that talks to the API, with the operation of the document that it must be.
  private static final Map<String, String> CONVERSATIONS =
      Map.ofEntries(
          Map.entry("device register pump-1 --class sensors --label line=2", "registerDevice"),
          Map.entry("device list", "listDevices"),
          Map.entry("device show pump-1", "showDevice"),
          Map.entry("device why pump-1", "explainDevice"),
          Map.entry(
              "device revoke-many --class a --reason superseded --comment b --preview",
              "revokeMany"),
          Map.entry("device revocation x", "showMassRevocation"),
          Map.entry("device scrap pump-1 --reason gone", "scrapDevice"),
          Map.entry("device revoke pump-1 --reason superseded", "revokeDevice"),
          Map.entry("device hand-over pump-1 --reason shipped", "handOverDevice"),
          Map.entry("device transfer pump-1 --owner north --reason sold", "transferDevice"),
          Map.entry("device import src/test/resources/batch.csv --class sensors", "importBatch"),
          Map.entry(
              "device import-batch src/test/resources/batch.csv --class sensors", "importBatch"),
          Map.entry("certificate check src/test/resources/any.pem", "checkCertificate"),
          Map.entry(
              "manufacturer import acme --class sensors --environment production --authority"
                  + " src/test/resources/any.pem",
              "saveManufacturer"),
          Map.entry("enrolment list", "listEnrolments"),
          Map.entry("enrolment approve 7 --reason seen", "approveEnrolment"),
          Map.entry("enrolment refuse 7 --reason odd", "refuseEnrolment"),
          Map.entry("audience list", "listAudiences"),
          Map.entry("audience show broker", "showAudience"),
          Map.entry(
              "audience save broker --kind broker --reports --may-prove --class sensors --point b-1",
              "saveAudience"),
          Map.entry("audience remove broker --reason moved", "removeAudience"),
          Map.entry("session list pump-1", "listDeviceSessions"),
          Map.entry("manufacturer list", "listManufacturers"),
          Map.entry("manufacturer remove acme", "removeManufacturer"),
          Map.entry("device quarantine pump-1 --reason odd", "quarantineDevice"),
          Map.entry("device release pump-1 --reason fine", "releaseDevice"),
          Map.entry("device settle pump-1 --reason copied", "settleDevice"),
          Map.entry("token create pump-1 --life 2h", "createToken"),
          Map.entry("class list", "listClasses"),
          Map.entry("class show sensors", "showClass"),
          Map.entry("class create meters --profile device --grace 90d", "createClass"),
          Map.entry("profile list", "listProfiles"),
          Map.entry("profile show device", "showProfile"),
          Map.entry(
              "profile save meters --like device --life 90d --key ec-p256 --key ed25519 --use client-auth",
              "saveProfile"),
          Map.entry("ca list", "listAuthorities"),
          Map.entry("ca show issuing", "showAuthority"),
          Map.entry("ca create meters --under root", "createAuthority"),
          Map.entry("ca request factory --key ec-p384", "requestAuthority"),
          Map.entry("ca withdraw factory", "withdrawAuthorityRequest"),
          Map.entry("ca renew meters --replaces 00", "renewAuthority"),
          Map.entry("ca rekey meters --replaces 00 --home pkcs11", "rekeyAuthority"),
          Map.entry("ca retire meters", "retireAuthority"),
          Map.entry("ca install factory --certificate pom.xml", "installAuthority"),
          Map.entry("ca import old --token-key old-ca", "importAuthority"),
          Map.entry("credential list --device pump-1", "listCredentials"),
          Map.entry("credential show 7", "showCredential"),
          Map.entry("credential revoke 7 --reason key-compromise", "revokeCredential"),
          Map.entry("credential issue billing api-key", "issueApiKey"),
          Map.entry("slot list sensors", "listSlots"),
          Map.entry("slot save sensors mqtt --kind pre-shared-key --life 30d", "saveSlot"),
          Map.entry("doctor", "listAlarms"),
          Map.entry("freeze issuance --reason leak", "freezeIssuance"),
          Map.entry("freeze show", "showIssuance"),
          Map.entry("freeze end --reason mended", "resumeIssuance"),
          Map.entry("handshake failed --source 192.0.2.7", "listFailedHandshakes"),
          Map.entry("campaign begin --class a --comment b --preview", "beginCampaign"),
          Map.entry("campaign list", "listCampaigns"),
          Map.entry("campaign show x", "showCampaign"),
          Map.entry("campaign devices x --standing late", "listCampaignDevices"),
          Map.entry("campaign pause x --reason a", "pauseCampaign"),
          Map.entry("campaign resume x --reason a", "resumeCampaign"),
          Map.entry("campaign abort x --reason a", "abortCampaign"),
          Map.entry("campaign freeze --reason a", "freezeCampaigns"),
          Map.entry("plan remove-authority a --reason b", "makePlan"),
          Map.entry("plan revoke --class a --revocation-reason superseded --reason b", "makePlan"),
          Map.entry("plan remove-audience a --reason b", "makePlan"),
          Map.entry("plan change-class a --longest-silence 1d --grace 1d --reason b", "makePlan"),
          Map.entry("emergency authority a --comment b --yes", "declareEmergency"),
          Map.entry("emergency devices --class a --comment b --yes", "declareEmergency"),
          Map.entry("emergency list", "listEmergencies"),
          Map.entry("emergency show x", "showEmergency"),
          Map.entry("plan list", "listPlans"),
          Map.entry("plan show x", "showPlan"),
          Map.entry("plan apply x", "applyPlan"),
          Map.entry("calendar show", "showCalendar"),
          Map.entry("calendar picture", "drawCalendar"),
          Map.entry("calendar rate 6 --reason a", "setRenewalRate"),
          Map.entry("calendar policies", "listRenewalPolicies"),
          Map.entry("calendar save x --class a --reason b", "saveRenewalPolicy"),
          Map.entry("calendar remove x --reason a", "removeRenewalPolicy"),
          Map.entry("ledger list", "listLedger"),
          Map.entry("ledger export", "showSettledLedger"),
          Map.entry("api-token list", "listApiTokens"),
          Map.entry("api-token create x --role reader", "createApiToken"));

  @TempDir Path folder;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private ContractServer server;

  @BeforeEach
  void start() throws Exception {
    server = new ContractServer(folder);
    token(ContractServer.TOKEN, "rw-------");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @TestFactory
  Stream<DynamicTest> command_isTheOperationOfTheDocument() {
    return CONVERSATIONS.entrySet().stream()
        .map(one ->
            DynamicTest.dynamicTest(
                one.getKey(),
                () -> {
                  server.asked.clear();
                  server.answers(200, "{\"items\":[],\"next\":null,\"token\":\"t\"}");

                  assertThat(run(one.getKey().split(" "))).as(err.toString()).isZero();
                  assertThat(server.asked)
                      .extracting(ContractServer.Asked::operation)
                      .containsExactly(one.getValue());
                }));
  }

  @Test
  void conversations_coverTheDocument() {
    // Judging certificates is for probes: a person asks why.
    assertThat(ContractServer.operations())
        .contains("judgeCredentials")
        .filteredOn(operation -> !operation.equals("judgeCredentials"))
        .isSubsetOf(CONVERSATIONS.values());
  }

  @TestFactory
  Stream<DynamicTest> command_helpsWithExamplesThatItTakes() {
    return leaves(Cardea.commandLine(new PrintWriter(out), new PrintWriter(err)))
        .map(leaf ->
            DynamicTest.dynamicTest(
                leaf.getCommandSpec().qualifiedName(),
                () -> {
                  String[] lines = leaf.getCommandSpec().usageMessage().footer();
                  List<String> examples = examples(lines);
                  assertThat(examples).isNotEmpty();
                  for (String example : examples) {
                    CommandLine fresh =
                        Cardea.commandLine(new PrintWriter(out), new PrintWriter(err));
                    fresh.parseArgs(words(example));
                  }
                }));
  }

  @Test
  void certificateCheck_printsEachStepAndFailsForOneThatWouldBeRefused() {
    server.answers(
        200,
        """
        {"good":false,"decision":"it would be refused","path":["CN=pump","CN=Acme"],"steps":[
        {"outcome":"failed","check":"dates","subject":"CN=pump","why":"it expired","rule":"RFC 5280"}]}
        """);

    assertThat(run("certificate", "check", "src/test/resources/any.pem")).isEqualTo(1);
    assertThat(out.toString())
        .isEqualTo(
            """
            path     CN=pump
            path     CN=Acme
            failed    dates  CN=pump  it expired  RFC 5280
            it would be refused
            """);
  }

  @Test
  void importBatch_sendsWhatTheColumnsSayAndFailsForRefusedLines() throws IOException {
    server.answers(
        200,
        "{\"registered\":0,\"known\":0,\"refused\":[{\"line\":0,\"device\":\"pump-1\",\"code\":\"already-exists\","
            + "\"detail\":\"as \\\"x\\\"\"}]}");
    Path report = folder.resolve("refused.csv");

    assertThat(
            run(
                "device",
                "import-batch",
                "src/test/resources/batch.csv",
                "--class",
                "sensors",
                "--refused",
                report.toString()))
        .isEqualTo(1);
    assertThat(server.asked.getFirst().body())
        .contains("\"birth_serial_number\":\"A-17\"")
        .contains("\"labels\":{\"line\":\"3, left\"}")
        .contains("\"environment\":\"production\"");
    assertThat(err.toString()).contains("1 lines were refused");
    assertThat(Files.readString(report))
        .isEqualTo(
            """
            line,device,code,detail
            2,"pump-1","already-exists","as ""x""\"
            """);
  }

  @Test
  void import_refusesBadLinesByItselfAndGoesOnWithTheOthers() throws IOException {
    Path file = folder.resolve("fleet.csv");
    Files.writeString(
        file, "\uFEFFid,class,hall\r\na,meters,\r\nb\r\n\r\n\"c\",\"pu\nmps\",7\r\nd,x,8");
    server.answers(503, "{\"code\":\"store-unavailable\"}");
    server.answers(
        200,
        "{\"registered\":2,\"known\":0,\"refused\":[{\"line\":2,\"device\":\"d\",\"code\":\"not-found\",\"detail\":\"x\"}]}");

    assertThat(run("device", "import", file.toString(), "-o", "json")).isEqualTo(1);
    assertThat(JsonMapper.shared().readTree(server.asked.getLast().body()))
        .isEqualTo(
            JsonMapper.shared()
                .readTree(
                    """
                    {"environment":"field","devices":[{"id":"a","class":"meters"},
                     {"id":"c","class":"pu\\nmps","labels":{"hall":"7"}},
                     {"id":"d","class":"x","labels":{"hall":"8"}}]}
                    """));
    assertThat(Files.readAllLines(folder.resolve("fleet.csv.refused.csv")))
        .containsExactly(
            "line,device,code,detail",
            "3,\"\",\"request-malformed\",\"1 fields (expected: 3, as the first line has)\"",
            "7,\"d\",\"not-found\",\"x\"");
    assertThat(out.toString()).contains("\"registered\":2").contains("\"refused\":2");
  }

  @Test
  void importOfJsonLines_beginsWhereItIsTold() throws IOException {
    Path file = folder.resolve("fleet.jsonl");
    Files.writeString(
        file,
        """
        {"id":"a"}
        {"id":"b","labels":{"hall":"7"}}
        {"id":"c","labels":7}
        {"id":"d","colour":"red"}
        [

        """);
    server.answers(200, "{\"registered\":1,\"known\":0,\"refused\":[]}");

    assertThat(run("device", "import", file.toString(), "--class", "meters", "--from-line", "2"))
        .isEqualTo(1);
    assertThat(JsonMapper.shared().readTree(server.asked.getFirst().body()).path("devices"))
        .isEqualTo(JsonMapper.shared().readTree("[{\"id\":\"b\",\"labels\":{\"hall\":\"7\"}}]"));
    assertThat(Files.readAllLines(folder.resolve("fleet.jsonl.refused.jsonl")))
        .hasSize(3)
        .first(org.assertj.core.api.InstanceOfAssertFactories.STRING)
        .contains("\"line\":3");
  }

  @Test
  void importThatIsRefusedAsAWhole_saysWhereToGoOn() throws IOException {
    Path file = folder.resolve("fleet.csv");
    Files.writeString(file, "id\na\n\"b");
    server.answers(403, "{\"code\":\"forbidden\"}");

    assertThat(run("device", "import", file.toString(), "--class", "x")).isEqualTo(1);
    assertThat(err.toString()).contains("a quote is not closed").contains("--from-line 1");
  }

  @Test
  void list_showsOneLineForEachAndSaysThatThereAreMore() {
    server.answers(200, "{\"items\":[" + PUMP + "],\"next\":\"pump-1\"}");

    assertThat(run("device", "list", "--limit", "1")).isZero();
    assertThat(out.toString())
        .isEqualTo(
            """
            ID      CLASS    STATE     OWNER  ENVIRONMENT  SITE  REGISTERED AT
            pump-1  sensors  enrolled  -      field        -     2026-11-21T10:00:00Z
            """);
    assertThat(err.toString()).contains("--after pump-1");
    assertThat(server.asked.getFirst().uri().getQuery()).isEqualTo("limit=1");
  }

  @Test
  void list_asksForEachLabelAndForATextAsItWasTyped() {
    server.answers(200, "{\"items\":[],\"next\":null}");

    assertThat(
            run(
                "device",
                "list",
                "--label",
                "line=2",
                "--label",
                "hall=a,b",
                "--search",
                "4 7%",
                "--prefix",
                "pump"))
        .isZero();
    assertThat(server.asked.getFirst().uri().getRawQuery())
        .contains("label=line%3D2&label=hall%3Da%2Cb")
        .contains("search=4%207%25")
        .contains("prefix=pump");
  }

  @Test
  void listAll_goesThroughThePagesAndIsOneObjectALine() {
    server.answers(200, "{\"items\":[" + PUMP + "],\"next\":\"pump 1&x\"}");
    server.answers(200, "{\"items\":[" + PUMP + "],\"next\":null}");

    assertThat(run("device", "list", "--all", "-o", "json", "--class", "sensors")).isZero();
    assertThat(out.toString().lines())
        .hasSize(2)
        .allSatisfy(line ->
            assertThat(JsonMapper.shared().readTree(line).path("id").asString())
                .isEqualTo("pump-1"));
    assertThat(server.asked.getLast().uri().getRawQuery())
        .contains("after=pump%201%26x")
        .contains("class=sensors");
  }

  @Test
  void register_sendsWhatWasSaid() {
    server.answers(201, PUMP);

    assertThat(run("device", "register", "pump-1", "--class", "sensors", "--label", "line=2"))
        .isZero();
    assertThat(JsonMapper.shared().readTree(server.asked.getFirst().body()))
        .isEqualTo(
            JsonMapper.shared()
                .readTree("{\"id\":\"pump-1\",\"class\":\"sensors\",\"labels\":{\"line\":\"2\"}}"));
    assertThat(out.toString()).contains("labels line    2\n");
  }

  @Test
  void deviceId_cannotLeaveItsPath() {
    server.answers(200, PUMP);

    assertThat(run("device", "show", "../classes?x")).isZero();
    assertThat(server.asked.getFirst().operation()).isEqualTo("showDevice");
  }

  @Test
  void token_standsAloneOnStandardOutput() {
    server.answers(201, "{\"token\":\"s3cret\",\"expires_at\":\"2026-11-22T10:00:00Z\"}");

    assertThat(run("token", "create", "pump-1", "--life", "2h")).isZero();
    assertThat(out.toString()).isEqualTo("s3cret\n");
    assertThat(server.asked.getFirst().body()).isEqualTo("{\"life_seconds\":7200}");
  }

  @Test
  void apiTokenOfAPart_saysWhichAndForHowLong() {
    server.answers(201, "{\"name\":\"line-7\",\"token\":\"s3cret\"}");

    assertThat(
            run(
                "api-token",
                "create",
                "line-7",
                "--role",
                "fleet-operator",
                "--class",
                "pump",
                "--class",
                "valve",
                "--environment",
                "production",
                "--life",
                "90d"))
        .isZero();
    assertThat(out.toString()).isEqualTo("s3cret\n");
    JsonNode body = JsonMapper.shared().readTree(server.asked.getFirst().body());
    assertThat(body.path("role").asString()).isEqualTo("fleet-operator");
    assertThat(body.path("scope"))
        .isEqualTo(
            JsonMapper.shared()
                .readTree("{\"classes\":[\"pump\",\"valve\"],\"environments\":[\"production\"]}"));
    assertThat(body.path("life_seconds").asLong()).isEqualTo(7_776_000);
  }

  @Test
  void why_isOneScreen() {
    server.answers(
        200,
        """
        {"device":%s,"summary":"Renews as it should.","next_step":"Nothing before noon.","slots":[{"name":"operational",
        "forked":true,"credentials":[{"id":"c1","state":"current"}]}],"contacts":[{"at":"2026-11-21T10:00:00Z",
        "what":"renewal","refusal":"credential-retired","credential":"c1","detail":"\\u001b[2Jx"}]}\
        """
            .formatted(PUMP));

    assertThat(run("device", "why", "pump-1")).isZero();
    assertThat(out.toString())
        .contains("pump-1 · enrolled · class sensors · field\nRenews as it should.\n")
        .contains("Slot operational, FORKED")
        .contains("credential-retired")
        .contains("Next: Nothing before noon.")
        .doesNotContain("\u001b");
  }

  @Test
  void refusal_isToldWithCodeAndNextStep() {
    server.answers(
        404,
        """
        {"type":"urn:cardea:refusal:device-unknown","title":"No such device.","status":404,"code":"device-unknown",
        "detail":"pump-9","next_step":"Register it."}\
        """);

    assertThat(run("device", "show", "pump-9")).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString())
        .isEqualTo("Refused (device-unknown): No such device.\nHere: pump-9\nNext: Register it.\n");
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void unknownAnswer_isNotTakenForTheApi() {
    server.answers(200, "<html>");

    assertThat(run("device", "show", "pump-1")).isEqualTo(ExitCode.UNREACHABLE);
  }

  @Test
  void stoppedServer_isUnreachable() {
    server.close();

    assertThat(run("device", "list")).isEqualTo(ExitCode.UNREACHABLE);
    assertThat(err.toString()).contains("nobody listens there").contains("cardea server");
  }

  @Test
  void serverOfAnotherAuthority_getsNoToken() throws Exception {
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    try (ContractServer other = new ContractServer(elsewhere)) {
      int exitCode = runAgainst(other, server.authority(), "device", "list");

      assertThat(exitCode).isEqualTo(ExitCode.UNREACHABLE);
      assertThat(other.asked).isEmpty();
      assertThat(err.toString()).contains("tls.names");
    }
  }

  @Test
  void plainHttp_isRefusedBeforeTheTokenLeaves() {
    assertThat(
            execute(
                "device",
                "list",
                "--server",
                "http://127.0.0.1:1",
                "--data-directory",
                "" + folder))
        .isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString()).contains("TLS alone");
  }

  @Test
  void tokenFileOpenToOthers_isRefused() throws Exception {
    token(ContractServer.TOKEN, "rw-r--r--");

    assertThat(run("device", "list")).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString()).contains("chmod 600").doesNotContain(ContractServer.TOKEN);
    assertThat(server.asked).isEmpty();
  }

  @Test
  void missingAuthority_isSaidSo() throws Exception {
    Files.delete(server.authority());

    assertThat(run("device", "list")).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString()).contains("No authority to trust").contains("--ca-file");
  }

  @TestFactory
  Stream<DynamicTest> wrongCommandLine_isUsage() {
    return Stream.of(
            "device",
            "device shwo x",
            "device list --limit many",
            "device register x",
            "token create x --life soon",
            "device list -o xml",
            "")
        .map(line ->
            DynamicTest.dynamicTest(
                "cardea " + line,
                () ->
                    assertThat(execute(line.isEmpty() ? new String[0] : line.split(" ")))
                        .isEqualTo(ExitCode.USAGE)));
  }

  /// A real bash loads the script and is asked what comes next.
  @Test
  void completion_completesCommandsAndOptions() throws Exception {
    assertThat(execute("completion")).isZero();
    Path script = Files.writeString(folder.resolve("completion.sh"), out.toString());

    assertThat(completed(script, "cardea", "dev")).contains("device");
    assertThat(completed(script, "cardea", "device", "")).contains("register", "why");
    assertThat(completed(script, "cardea", "token", "create", "--li")).contains("--life");
  }

  private static String completed(Path script, String... words) throws Exception {
    String line =
        "source %s; COMP_WORDS=(%s); COMP_CWORD=%d; _complete_cardea; echo \"${COMPREPLY[*]}\""
            .formatted(
                script,
                Arrays.stream(words).map(word -> "'" + word + "'").collect(Collectors.joining(" ")),
                words.length - 1);
    Process bash = new ProcessBuilder("bash", "-c", line).redirectErrorStream(true).start();
    String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(bash.waitFor()).as(said).isZero();
    return said;
  }

  @Test
  void doctor_endsWithOneAndSaysWhatToDoWhenAnAlarmIsRaised() {
    String disk =
        """
        {"code":"disk-low","severity":"critical","state":"%s","since":"2026-11-21T10:00:00Z","detail":"free: 1 MiB",\
        "meaning":"Nearly full.","next_step":"Make room.","runbook":"docs/operations/alarms.md#disk-low"}\
        """;
    String answer = "{\"now\":\"2026-11-21T10:00:00Z\",\"items\":[%s]}";
    server.answers(200, answer.formatted(disk.formatted("raised")));
    assertThat(run("doctor")).isEqualTo(ExitCode.REFUSED);
    assertThat(out.toString()).contains("disk-low  raised", "Next: Make room.", "More: docs/");
    assertThat(err.toString()).contains("1 of 1 checks");

    server.answers(200, answer.formatted(disk.formatted("unseen")));
    assertThat(run("doctor")).isEqualTo(ExitCode.REFUSED);
    server.answers(200, answer.formatted(disk.formatted("fine")));
    assertThat(run("doctor")).isZero();
  }

  @Test
  void explain_knowsEveryRefusalAndEveryAlarm() {
    assertThat(execute("explain", "-o", "json")).isZero();
    assertThat(out.toString().lines().count())
        .isEqualTo(Refusal.values().length + Alarm.values().length);
    assertThat(execute("explain", "CREDENTIAL_RETIRED")).isZero();
    out.getBuffer().setLength(0);
    assertThat(execute("explain", "clock-untrusted")).isZero();
    assertThat(out.toString()).contains("refusal", "alarm", "alarms.md#clock-untrusted");
    assertThat(execute("explain", "nothing-like-it")).isEqualTo(ExitCode.REFUSED);
  }

  @Test
  void configCheck_failsForAProblemAndShowsTheRest() throws Exception {
    Path file = folder.resolve("cardea.yaml");
    Files.writeString(file, "public.url: http://pki.example.org\nlog.levle: info\n");

    assertThat(execute("config", "check", "--config", file.toString())).isEqualTo(ExitCode.REFUSED);
    assertThat(err.toString()).contains(":2:1: log.levle: unknown key (did you mean log.level?)");
    assertThat(out.toString()).contains("http://pki.example.org");
  }

  private int run(String... args) {
    return runAgainst(server, server.authority(), args);
  }

  private int runAgainst(ContractServer target, Path authority, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(
        List.of(
            "--server", target.url().toString(),
            "--ca-file", authority.toString(),
            "--token-file", folder.resolve("token").toString()));
    return execute(all.toArray(String[]::new));
  }

  private int execute(String... args) {
    return Cardea.commandLine(new PrintWriter(out, true), new PrintWriter(err, true)).execute(args);
  }

  private void token(String token, String permissions) throws Exception {
    Path file = folder.resolve("token");
    Files.writeString(file, token + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static Stream<CommandLine> leaves(CommandLine command) {
    return command.getSubcommands().isEmpty()
        ? Stream.of(command)
        : command.getSubcommands().values().stream().flatMap(CardeaTest::leaves);
  }

  /// The example lines of a help text, those that a backslash continues joined.
  private static List<String> examples(String[] footer) {
    return Stream.of(String.join("\n", footer).replaceAll("\\\\\n", "").split("\n"))
        .map(String::strip)
        .filter(line -> line.startsWith("cardea ") || line.contains("$(cardea "))
        .filter(line -> !line.contains("…"))
        .map(line -> line.replaceFirst("^\\w+=\\$\\((.*)\\)$", "$1").replaceFirst(" >.*", ""))
        .toList();
  }

  private static String[] words(String example) {
    List<String> words = new ArrayList<>();
    Matcher word = Pattern.compile("'([^']*)'|(\\S+)").matcher(example);
    while (word.find()) {
      words.add(word.group(1) == null ? word.group(2) : word.group(1));
    }
    return words.subList(1, words.size()).toArray(String[]::new);
  }
}
