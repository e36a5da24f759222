package io.waybill;

import static io.waybill.WebFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.json.Plain;
import io.waybill.jobs.sandbox.Sandbox;
import io.waybill.testkit.Script;
import io.waybill.testkit.ScriptedServer;
import io.waybill.testkit.ServerCertificate;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code check} in a job file: connections of the sandbox, and targets of every kind. */
@Timeout(120)
class CheckIT {
  @TempDir Path directory;

  private JobFileRun run(String keys) throws IOException {
    return JobFileRun.of(
        directory,
        Map.of(),
        "jobs: { j: { retry: { attempts: 1 }, steps: [ { check: { " + keys + " } } ] } }\n");
  }

  private JobFileRun connections(Sandbox sandbox, String ftpPassword, String keys)
      throws IOException {
    return JobFileRun.of(
        directory,
        Map.of(
            "F", ftpPassword,
            "M", sandbox.mailLogin().password(),
            "H", sandbox.chunkLogin().password()),
        """
        secrets: { f: { env: F }, m: { env: M }, h: { env: H } }
        connections:
          partner: { type: ftp, host: 127.0.0.1, port: %d, tls: off, user: demo, password: "${secrets.f}" }
          hub: { type: waybill, host: 127.0.0.1, port: %d, tls: off, user: demo, key: "${secrets.h}" }
          outgoing: { type: smtp, host: 127.0.0.1, port: %d, tls: off, user: demo, password: "${secrets.m}", from: robot@waybill.test }
          mailbox: { type: imap, host: 127.0.0.1, port: %d, tls: off, user: demo, password: "${secrets.m}" }
        jobs: { j: { retry: { attempts: 1 }, steps: [ { check: { connections: [partner, hub, outgoing, mailbox] %s } } ] } }
        """
            .formatted(
                sandbox.ftpPort(),
                sandbox.chunkPort(),
                sandbox.smtpPort(),
                sandbox.imapPort(),
                keys));
  }

  private static List<Map<String, Object>> targets(JobFileRun run) {
    return Plain.maps(run.outputs(), "targets");
  }

  @Test
  void connectionsAreLoggedInAtAndLeft() throws Exception {
    try (Sandbox sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"))) {
      JobFileRun run = connections(sandbox, sandbox.ftpLogin().password(), ", warn-cert-days: 21");

      assertThat(run.code()).as(run.form().toString()).isZero();
      assertThat(targets(run))
          .extracting(target -> target.get("kind") + " " + target.get("name"))
          .containsExactly(
              "connection partner", "connection hub", "connection outgoing", "connection mailbox");
      assertThat(targets(run)).allSatisfy(target -> assertThat(target).containsKey("millis"));
      assertThat(run.outputs()).containsEntry("warnings", List.of());
    }
  }

  @Test
  void aRefusedLoginIsNamed() throws Exception {
    try (Sandbox sandbox = Sandbox.start(directory.resolve("partner"), directory.resolve("hub"))) {
      JobFileRun run = connections(sandbox, "planted-wrong-41", "");

      assertThat(run.code()).isEqualTo(5);
      assertThat(run.message())
          .contains("1 of 4 failed: connection partner: ")
          .doesNotContain("planted-wrong-41");
    }
  }

  @Test
  void targetsOfEveryKind() throws Exception {
    try (WebFixture web = WebFixture.start().at("/ok", status(200, "fine"));
        DatagramSocket answering = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Thread echo =
          new Thread(
              () -> {
                try {
                  DatagramPacket packet = new DatagramPacket(new byte[10], 10);
                  answering.receive(packet);
                  answering.send(new DatagramPacket(new byte[] {1}, 1, packet.getSocketAddress()));
                } catch (IOException e) {
                  throw new IllegalStateException(e);
                }
              });
      echo.start();
      JobFileRun run =
          run(
              "tcp: '127.0.0.1:%d', udp: ['127.0.0.1:%d', '127.0.0.1:%d'], dns: localhost, http: '%s/ok?secret=1'"
                  .formatted(
                      web.port(), answering.getLocalPort(), silent.getLocalPort(), web.url()));

      assertThat(run.code()).as(run.form().toString()).isZero();
      assertThat(targets(run))
          .extracting(target -> target.get("kind"))
          .containsExactly("tcp", "udp", "udp", "dns", "http");
      assertThat(targets(run).get(1)).containsEntry("answered", true);
      assertThat(targets(run).get(2)).containsEntry("answered", false);
      assertThat(String.valueOf(targets(run).get(3).get("addresses"))).contains("127.0.0.1");
      assertThat(targets(run).get(4))
          .containsEntry("status", 200L)
          .containsEntry("name", web.url() + "/ok");
      assertThat((Long) run.outputs().get("slowest")).isGreaterThanOrEqualTo(900);
    }
  }

  @Test
  void allAreTriedAndEachThatFailedIsNamed() throws Exception {
    int closed = closedPort();
    try (WebFixture web =
            WebFixture.start().at("/ok", status(200, "fine")).at("/no", status(500, ""));
        ScriptedServer mute = ScriptedServer.playing(Script.start().stall())) {
      JobFileRun run =
          run(
              "tcp: ['127.0.0.1:%1$d', '127.0.0.1:%2$d'], udp: '127.0.0.1:%1$d', dns: no-such-name.invalid, tls: '127.0.0.1:%3$d', http: ['%4$s/ok', '%4$s/no', '%4$s/none'], within: 3s"
                  .formatted(closed, web.port(), mute.port(), web.url()));

      assertThat(run.code()).as(run.form().toString()).isEqualTo(3);
      assertThat(run.message())
          .contains("6 of 8 failed: ")
          .contains("tcp 127.0.0.1:" + closed + ": Connection refused")
          .contains("udp 127.0.0.1:" + closed + ": nobody listens there")
          .contains("dns no-such-name.invalid: The name no-such-name.invalid is not known")
          .contains("tls 127.0.0.1:" + mute.port() + ": took longer than 3 s")
          .contains("http " + web.url() + "/no: GET was answered 500")
          .contains("http " + web.url() + "/none: GET was answered 404")
          .doesNotContain("/ok");
      assertThat(run("tcp: '127.0.0.1:" + closed + "'").code()).isEqualTo(4);
    }
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 0, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Test
  void certificatesHaveToBeTheRightOnesAndToLast() throws Exception {
    Files.writeString(directory.resolve("ca.pem"), HttpRequestIT.pem());
    try (WebFixture tls = WebFixture.start(ServerCertificate.LOCALHOST.context());
        WebFixture old = WebFixture.start(ServerCertificate.EXPIRED.context())) {
      tls.at("/", status(200, "fine"));
      String both = "tls: 'localhost:%1$d', http: 'https://localhost:%1$d/'".formatted(tls.port());

      JobFileRun fine = run(both + ", ca: ca.pem, warn-cert-days: 21");
      assertThat(fine.code()).as(fine.form().toString()).isZero();
      assertThat(targets(fine))
          .allSatisfy(target -> assertThat((Long) target.get("days-left")).isGreaterThan(10_000));

      JobFileRun soon = run(both + ", ca: ca.pem, warn-cert-days: 100000");
      assertThat(soon.code()).isZero();
      assertThat(String.valueOf(soon.outputs().get("warnings")))
          .contains("tls localhost:" + tls.port() + ": the certificate ends in ")
          .contains("http https://localhost:" + tls.port() + "/: the certificate ends in ");
      assertThat(soon.log()).contains("event=check-warning");

      JobFileRun tooSoon = run(both + ", ca: ca.pem, fail-cert-days: 100000");
      assertThat(tooSoon.code()).isEqualTo(1);
      assertThat(tooSoon.message()).contains("2 of 2 failed").contains("renew it");

      assertThat(run(both).code()).isEqualTo(5);
      JobFileRun ended = run("tls: 'localhost:%d', ca: ca.pem".formatted(old.port()));
      assertThat(ended.code()).isEqualTo(5);
      assertThat(ended.message()).contains("tls localhost:" + old.port());
    }
  }

  @Test
  void aTimeoutOfTheStepEndsAllOfThem() throws Exception {
    try (ScriptedServer mute = ScriptedServer.playing(Script.start().stall())) {
      long begun = System.nanoTime();
      JobFileRun run =
          JobFileRun.of(
              directory,
              Map.of(),
              "jobs: { j: { retry: { attempts: 1 }, steps: [ { timeout: 1s, check: { tls: '127.0.0.1:%d' } } ] } }\n"
                  .formatted(mute.port()));

      assertThat(run.code()).isEqualTo(10);
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
    }
  }
}
