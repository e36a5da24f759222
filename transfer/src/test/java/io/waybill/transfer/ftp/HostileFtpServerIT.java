package io.waybill.transfer.ftp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.waybill.transfer.Credentials;
import io.waybill.transfer.FileTransfer;
import io.waybill.transfer.TransferException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that lie, talk without end, or say nothing; each answers by a script. */
@Timeout(60)
class HostileFtpServerIT {
  private static final String ENDLESS = "endless";
  private final Map<String, String> script = new ConcurrentHashMap<>();
  private ServerSocket server;
  private volatile IOException lastEnd = new IOException("none yet");
  @TempDir Path local;

  @BeforeEach
  void start() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    script.putAll(
        Map.of(
            "GREETING", "220 hello",
            "USER", "331 secret?",
            "PASS", "230 in",
            "FEAT", "211-Features\r\n MLST type*;size*;\r\n REST STREAM\r\n211 End",
            "TYPE", "200 ok"));
    Thread thread = new Thread(this::serve, "hostile-ftp");
    thread.setDaemon(true);
    thread.start();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void endlessBannerIsBounded() {
    script.put("GREETING", "220-" + ENDLESS);
    assertThatThrownBy(this::connect).isInstanceOf(TransferException.Protocol.class);
  }

  @Test
  void endlessReplyIsBounded() {
    script.put("MLST", "250-" + ENDLESS);
    IOException before = lastEnd;
    try (FileTransfer ftp = connect()) {
      assertThatThrownBy(() -> ftp.stat("x")).isInstanceOf(TransferException.Protocol.class);
      await().untilAsserted(() -> assertThat(lastEnd).as("hung up on").isNotSameAs(before));
    }
  }

  @Test
  void silentServerIsATimeout() {
    script.put("GREETING", "");
    assertThatThrownBy(this::connect)
        .isInstanceOfSatisfying(
            TransferException.Timeout.class, e -> assertThat(e.isTransient()).isTrue());
  }

  @Test
  void busyServerIsTransient() {
    script.put("GREETING", "421 too many connections");
    assertThatThrownBy(this::connect)
        .isInstanceOfSatisfying(
            TransferException.Connection.class, e -> assertThat(e.isTransient()).isTrue());
  }

  @Test
  void secretThatTheServerRepeatsIsHidden() {
    script.put("PASS", "530 wrong: planted-secret");
    assertThatThrownBy(this::connect)
        .isInstanceOf(TransferException.Authentication.class)
        .hasMessageNotContaining("planted-secret")
        .hasStackTraceContaining("***");
  }

  @Test
  void claimedSizeBeyondAllBoundsIsRefused() {
    for (String size : new String[] {"9223372036854775807", "9223372036854775808", "-5"}) {
      script.put("MLST", "250-x\r\n type=file;size=" + size + "; x\r\n250 end");
      try (FileTransfer ftp = connect()) {
        assertThatThrownBy(() -> ftp.download("x", local.resolve("x")))
            .isInstanceOf(TransferException.Protocol.class);
      }
    }
    assertThat(local).isEmptyDirectory();
  }

  @Test
  void bogusPassiveReplyIsAnError() {
    script.put("MLST", "250-x\r\n type=dir; x\r\n250 end");
    script.put("EPSV", "229 come in (|||99999|)");
    script.put("PASV", "227 come in (300,1,2,3,4)");
    try (FileTransfer ftp = connect()) {
      assertThatThrownBy(() -> ftp.list("x", false)).isInstanceOf(TransferException.Protocol.class);
    }
  }

  private FileTransfer connect() {
    return FtpTransfer.connect(
        FtpServer.builder()
            .host("127.0.0.1")
            .port(server.getLocalPort())
            .credentials(new Credentials("me", () -> "planted-secret"))
            .connectTimeout(Duration.ofSeconds(2))
            .loginTimeout(Duration.ofSeconds(2))
            .replyTimeout(Duration.ofSeconds(2))
            .sleeper(wait -> {})
            .maxReconnects(1)
            .build());
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket socket = server.accept()) {
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        answer(socket.getOutputStream(), "GREETING");
        for (String line = in.readLine(); line != null; line = in.readLine()) {
          answer(socket.getOutputStream(), line.split(" ", 2)[0]);
        }
      } catch (IOException e) {
        lastEnd = e; // the client had enough, or the test is over: on to the next
      }
    }
  }

  private void answer(OutputStream out, String verb) throws IOException {
    String reply = script.getOrDefault(verb, "502 no");
    if (reply.endsWith(ENDLESS)) {
      byte[] more = "x".repeat(8192).getBytes(StandardCharsets.US_ASCII);
      out.write(reply.getBytes(StandardCharsets.US_ASCII));
      while (true) {
        out.write(more);
      }
    }
    if (!reply.isEmpty()) {
      out.write((reply + "\r\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
    }
  }
}
