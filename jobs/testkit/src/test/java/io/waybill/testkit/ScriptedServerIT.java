package io.waybill.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

@Timeout(60)
@ExtendWith(Leaks.class)
class ScriptedServerIT {

  @Test
  void playsADialogueAndGivesBackGroups() throws Exception {
    Script imap =
        Script.start()
            .reply("* OK ready")
            .expect("(\\w+) LOGIN (.+) .+")
            .reply("* CAPABILITY IMAP4rev1", "$1 OK welcome $2, that is \\$5");
    try (ScriptedServer server = ScriptedServer.playing(imap);
        Client client = new Client(server)) {
      assertThat(client.readLine()).isEqualTo("* OK ready");
      client.writeLine("a1 LOGIN žofie secret");
      assertThat(client.readLine()).isEqualTo("* CAPABILITY IMAP4rev1");
      assertThat(client.readLine()).isEqualTo("a1 OK welcome žofie, that is $5");
      assertThat(client.readLine()).isEqualTo(Client.END);

      assertThat(server.received()).containsExactly("a1 LOGIN žofie secret");
      assertThat(server.problems()).isEmpty();
    }
  }

  @Test
  void readsAMessageUpToItsDot() throws Exception {
    Script data = Script.start().expect("DATA").reply("354 go").readUntil("\\.").reply("250 ok");
    try (ScriptedServer server = ScriptedServer.playing(data);
        Client client = new Client(server)) {
      client.writeLine("DATA");
      assertThat(client.readLine()).isEqualTo("354 go");
      client.writeLine("Subject: x\r\n\r\n..dot\r\n.");
      assertThat(client.readLine()).isEqualTo("250 ok");
      assertThat(server.received()).containsExactly("DATA", "Subject: x", "", "..dot", ".");
    }
  }

  @Test
  void notesALineThatDoesNotMatchAndHangsUp() throws Exception {
    try (ScriptedServer server =
            ScriptedServer.playing(Script.start().expect("EHLO .+").reply("250 ok"));
        Client client = new Client(server)) {
      client.writeLine("HELO me");

      assertThat(client.readLine()).isEqualTo(Client.END);
      await()
          .untilAsserted(
              () ->
                  assertThat(server.problems())
                      .singleElement()
                      .asString()
                      .contains("connection 1", "EHLO .+", "HELO me"));
    }
  }

  @Test
  void notesAnEndThatComesEarly() throws Exception {
    try (ScriptedServer server = ScriptedServer.playing(Script.start().expect("QUIT"))) {
      new Client(server).close();

      await()
          .untilAsserted(
              () -> assertThat(server.problems()).singleElement().asString().contains("QUIT"));
    }
  }

  @Test
  void laterConnectionsPlayLaterScriptsAndThenTheLast() throws Exception {
    try (ScriptedServer server =
        ScriptedServer.playing(
            Script.start().reply("421 busy"), Script.start().reply("220 hello"))) {
      for (String greeting : new String[] {"421 busy", "220 hello", "220 hello"}) {
        try (Client client = new Client(server)) {
          assertThat(client.readLine()).isEqualTo(greeting);
        }
      }
      assertThat(server.connections()).isEqualTo(3);
    }
  }

  @Test
  void resetsWithoutAGoodbye() throws Exception {
    try (ScriptedServer server = ScriptedServer.playing(Script.start().expect("X").reset());
        Client client = new Client(server)) {
      client.writeLine("X");

      assertThatThrownBy(client::readLine).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void stallsUntilClosed() throws Exception {
    ScriptedServer server = ScriptedServer.playing(Script.start().send("220-half").stall());
    try (Client client = new Client(server)) {
      assertThat(client.socket.getInputStream().readNBytes(8))
          .isEqualTo("220-half".getBytes(UTF_8));
      client.socket.setSoTimeout(200);
      assertThatThrownBy(client::readLine).isInstanceOf(SocketTimeoutException.class);

      server.close();

      assertThat(client.readLine()).isEqualTo(Client.END);
      assertThat(server.problems()).isEmpty();
    }
  }

  private static final class Client implements AutoCloseable {
    static final String END = "<end>";
    final Socket socket;
    private final BufferedReader reader;

    Client(ScriptedServer server) throws IOException {
      socket = new Socket(server.address().getAddress(), server.port());
      socket.setSoTimeout(20_000);
      reader = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
    }

    String readLine() throws IOException {
      String line = reader.readLine();
      return line == null ? END : line;
    }

    void writeLine(String line) throws IOException {
      socket.getOutputStream().write((line + "\r\n").getBytes(UTF_8));
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
