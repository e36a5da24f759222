package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.jobs.Configuration;
import io.waybill.jobs.daemon.Daemon;
import io.waybill.jobs.daemon.DaemonFile;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.scheduler.SchedulerException;
import io.waybill.testkit.Direction;
import io.waybill.testkit.Fault;
import io.waybill.testkit.FaultPlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who may call the control channel, and what it answers; with requests written by hand. */
@Timeout(120)
@SuppressWarnings("NullAway.Init") // set before each test
class ControlApiIT {
  @TempDir Path directory;

  private SpineFixture spine;
  private Configuration configuration;
  private Daemon daemon;
  private DaemonFile file;

  @BeforeEach
  void start() throws Exception {
    spine = new SpineFixture(directory);
    spine.offer("big.bin", 8 << 20);
    configuration = JobFiles.load(spine.jobFile("description: on demand"));
    daemon = Daemon.start(configuration, builder(), spine.state().daemonFile());
    file = DaemonFile.ofLiveDaemon(spine.state().daemonFile()).orElseThrow();
  }

  private Waybill.Builder builder() {
    return Waybill.builder(configuration).state(spine.state());
  }

  @AfterEach
  void end() {
    daemon.close();
    spine.close();
  }

  @Test
  void nobodyComesInWithoutTheToken() throws IOException {
    assertThat(call("GET", "/api/v1/jobs", List.of("Host: " + host())).status()).isEqualTo(401);
    for (String wrong : List.of("Bearer " + "0".repeat(64), "Bearer ", file.token())) {
      List<String> headers = List.of("Host: " + host(), "Authorization: " + wrong);
      assertThat(call("GET", "/api/v1/runs", headers).status()).isEqualTo(401);
      assertThat(call("POST", "/api/v1/jobs/spine/runs", headers).status()).isEqualTo(401);
    }
    assertThat(daemon.waybill().runs(10)).isEmpty();
  }

  @Test
  void aWebPageOfAnotherSiteGetsNothingEvenWithTheToken() throws IOException {
    String token = "Authorization: Bearer " + file.token();
    for (String foreign :
        List.of("evil.example", "evil.example:" + file.port(), "127.0.0.1.evil.example")) {
      assertThat(call("GET", "/api/v1/jobs", List.of("Host: " + foreign, token)).status())
          .isEqualTo(403);
    }
    for (String origin : List.of("http://evil.example", "null", "http://127.0.0.1:1")) {
      List<String> headers = List.of("Host: " + host(), token, "Origin: " + origin);
      assertThat(call("POST", "/api/v1/jobs/spine/runs", headers).status()).isEqualTo(403);
    }
    assertThat(daemon.waybill().runs(10)).isEmpty();
  }

  @Test
  void whatIsNotThereIsSaid() throws IOException {
    Answer job = call("POST", "/api/v1/jobs/nosuch/runs");
    assertThat(job.status()).isEqualTo(404);
    assertThat(job.body())
        .containsEntry("detail", "there is no job \"nosuch\"; there are: [spine]");
    assertThat(call("GET", "/api/v1/runs/nosuch").status()).isEqualTo(404);
    assertThat(call("POST", "/api/v1/runs/nosuch/cancel").status()).isEqualTo(404);
  }

  @Test
  void aRunIsTriggeredListedAndCancelled() throws IOException {
    assertThat(Plain.maps(call("GET", "/api/v1/jobs").body(), "jobs"))
        .extracting(job -> job.get("name"))
        .containsExactly("spine");
    spine.hubProxy.arm(
        FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, 1 << 20).holding(Duration.ofSeconds(60)));
    Answer triggered = call("POST", "/api/v1/jobs/spine/runs");
    assertThat(triggered.status()).isEqualTo(202);
    String id = Plain.text(triggered.body(), "id");
    await().atMost(Duration.ofSeconds(60)).until(() -> spine.hubProxy.strikes() == 1);

    assertThat(call("POST", "/api/v1/runs/" + id + "/cancel").status()).isEqualTo(202);

    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(call("GET", "/api/v1/runs/" + id).body())
                    .containsEntry("state", "cancelled"));
    assertThat(Plain.maps(call("GET", "/api/v1/runs?limit=5").body(), "runs"))
        .extracting(run -> run.get("id"))
        .containsExactly(id);
    Answer again = call("POST", "/api/v1/runs/" + id + "/cancel");
    assertThat(again.status()).isEqualTo(404);
    assertThat(again.body()).containsEntry("detail", "run " + id + " has ended already: cancelled");
  }

  @Test
  void aFollowedRunThatIsSkippedIsNoSuccess() {
    spine.hubProxy.arm(
        FaultPlan.once(Fault.DELAY, Direction.TO_TARGET, 1 << 20).holding(Duration.ofSeconds(60)));
    Map<String, String> environment = Map.of("WAYBILL_STATE", spine.state().path().toString());
    assertThat(CommandLineRun.of(environment, "trigger", "spine").code()).isZero();
    await().atMost(Duration.ofSeconds(60)).until(() -> spine.hubProxy.strikes() == 1);

    CommandLineRun second = CommandLineRun.of(environment, "trigger", "spine", "--follow");

    assertThat(second.code()).as(second.out()).isEqualTo(12);
    assertThat(second.out()).contains("skipped");
    daemon.waybill().liveRuns().forEach(daemon.waybill()::cancel);
  }

  @Test
  void theDaemonsFileIsItsOwnersAndGoesWithIt() throws IOException {
    Path path = spine.state().daemonFile();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rw-------");
    assertThat(file.toString()).doesNotContain(file.token());

    daemon.close();

    assertThat(path).doesNotExist();
  }

  @Test
  void aSecondDaemonOnTheSameStateIsRefusedAndTheFirstLivesOn() throws IOException {
    assertThatThrownBy(() -> Daemon.start(configuration, builder(), spine.state().daemonFile()))
        .isInstanceOf(SchedulerException.StoreOwned.class);

    assertThat(DaemonFile.ofLiveDaemon(spine.state().daemonFile())).contains(file);
    assertThat(call("GET", "/api/v1/jobs").status()).isEqualTo(200);
  }

  private String host() {
    return "127.0.0.1:" + file.port();
  }

  private record Answer(int status, Map<String, Object> body) {}

  private Answer call(String method, String path) throws IOException {
    return call(method, path, List.of("Host: " + host(), "Authorization: Bearer " + file.token()));
  }

  // The JDK's client would not send a foreign Host.
  private Answer call(String method, String path, List<String> headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), file.port())) {
      String request =
          method
              + " "
              + path
              + " HTTP/1.1\r\n"
              + String.join("\r\n", headers)
              + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int body = answer.indexOf("\r\n\r\n") + 4;
      // "HTTP/1.1 200 OK"
      return new Answer(
          Integer.parseInt(answer.substring(9, 12)),
          Json.readObject(
              answer.substring(answer.indexOf('{', body), answer.lastIndexOf('}') + 1)));
    }
  }
}
