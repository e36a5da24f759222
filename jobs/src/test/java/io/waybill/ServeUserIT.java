package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.cli.Main;
import io.waybill.jobs.json.Json;
import io.waybill.jobs.json.Plain;
import io.waybill.testkit.ForkedJvm;
import io.waybill.transfer.tcp.server.TransferServer;
import io.waybill.transfer.tcp.server.UsersFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code waybill serve user} writes, and what a server that runs makes of it. */
@Timeout(60)
class ServeUserIT {
  @TempDir Path directory;

  @Test
  void aServerThatRunsLetsNewUsersInAndThoseTakenOutNoMore() throws Exception {
    assertThat(user("add", "ann").code()).isZero();
    Path served = Files.createDirectories(directory.resolve("served"));
    Path file = Files.writeString(directory.resolve("a.txt"), "some text");
    try (TransferServer server = server(served)) {
      String key = user("add", "bob", "--read-only").out().strip();

      CommandLineRun up = copy(key, file.toString(), uri(server, "bob", ""));
      assertThat(up.code()).as(up.err()).isEqualTo(11);
      Files.writeString(served.resolve("b.txt"), "theirs");
      CommandLineRun down =
          copy(key, uri(server, "bob", "b.txt"), directory.resolve("b.txt").toString());
      assertThat(down.code()).as(down.err()).isZero();
      assertThat(directory.resolve("b.txt")).hasContent("theirs");

      assertThat(user("remove", "bob").code()).isZero();
      CommandLineRun gone = copy(key, uri(server, "bob", "b.txt"), directory + "/");
      assertThat(gone.code()).as(gone.err()).isEqualTo(5);
    }
  }

  @Test
  void whatServeSaysFitsItsOwnOptions() throws Exception {
    String served = Files.createDirectories(directory.resolve("served")).toString();
    Path state = directory.resolve("other state");
    CommandLineRun none = serve(served, "--state", state.toString());
    assertThat(none.code()).isEqualTo(2);
    assertThat(none.err()).contains("--key-file NAME.key --state '" + state + "'\"");
    Path users = directory.resolve("users");
    assertThat(serve(served, "--users", users.toString()).err())
        .contains("--key-file NAME.key --users " + users + "\"");

    assertThat(user("add", "cert", "--certificate", "--users", users.toString()).code()).isZero();
    CommandLineRun inClear = serve(served, "--users", users.toString(), "--plaintext");
    assertThat(inClear.code()).isEqualTo(2);
    assertThat(inClear.err()).contains("have certificates, which need TLS");
    assertThat(sendLine(served, users))
        .contains("waybill://cert@", "--certificate PEM --certificate-key PEM")
        .doesNotContain("--key-file");
    assertThat(user("add", "keyed", "--users", users.toString()).code()).isZero();
    assertThat(sendLine(served, users)).contains("waybill://keyed@", "--key-file keyed.key");
  }

  @Test
  void anAddressThatIsTakenSaysWhatToDo() throws Exception {
    String served = Files.createDirectories(directory.resolve("served")).toString();
    assertThat(user("add", "ann").code()).isZero();
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      CommandLineRun run = serve(served, "--listen", address);
      assertThat(run.code()).isEqualTo(4);
      assertThat(run.err())
          .contains(address, "in use; end the program that listens there, or", "--listen");
    }
  }

  private String sendLine(String served, Path users) throws Exception {
    try (ForkedJvm server =
        ForkedJvm.running(Main.class)
            .args("serve", served, "--users", users.toString(), "--listen", "127.0.0.1:0")
            .environment("WAYBILL_STATE", directory.resolve("state").toString())
            .start()) {
      return server.awaitLine("send .*", Duration.ofSeconds(60));
    }
  }

  private CommandLineRun serve(String... arguments) {
    String[] line = new String[arguments.length + 1];
    line[0] = "serve";
    System.arraycopy(arguments, 0, line, 1, arguments.length);
    return CommandLineRun.of(Map.of("WAYBILL_STATE", directory.resolve("state").toString()), line);
  }

  @Test
  void aQuotaHolds() throws Exception {
    String key = user("add", "ann", "--quota", "1KiB").out().strip();
    Path served = Files.createDirectories(directory.resolve("served"));
    Path file = Files.write(directory.resolve("a.bin"), new byte[2000]);
    try (TransferServer server = server(served)) {
      CommandLineRun up = copy(key, file.toString(), uri(server, "ann", ""));

      assertThat(up.code()).as(up.err()).isNotZero();
      assertThat(up.err()).contains("of 1024 bytes are used");
      assertThat(served.resolve("a.bin")).doesNotExist();
    }
  }

  @Test
  void theListShowsWhatEachMayDoAndWhatIsNotGivenStays() throws Exception {
    user("add", "ann", "--permissions", "read,write", "--quota", "10GiB", "--from", "10.0.0.0/8");
    assertThat(user("add", "ann").code()).isZero(); // a new key, nothing else
    assertThat(user("add", "cert", "--certificate").out()).isEmpty();
    assertThat(
            user("add", "pinned", "--pin", "sha-256:n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg")
                .code())
        .isZero();

    assertThat(user("list").out())
        .contains("ann", "read,write", "10.0 GiB", "from 10.0.0.0/8", "cert", "pinned", "no quota");
    Map<String, Object> all = Json.readObject(user("list", "--json").out());
    assertThat(Plain.maps(all, "users").get(0))
        .containsEntry("name", "ann")
        .containsEntry("permissions", List.of("read", "write"))
        .containsEntry("quota-bytes", 10L << 30)
        .containsEntry("from", "10.0.0.0/8");
  }

  @Test
  void aKeyFileIsMadeForItsOwnerOnlyAndTakenAsItIsTheNextTime() throws Exception {
    Path keyFile = directory.resolve("ann.key");

    CommandLineRun made = user("add", "ann", "--key-file", keyFile.toString());

    assertThat(made.code()).as(made.err()).isZero();
    assertThat(made.out()).isEmpty();
    assertThat(made.err()).contains("the key is in " + keyFile);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyFile)))
        .isEqualTo("rw-------");
    String key = Files.readString(keyFile);
    assertThat(user("add", "ann", "--key-file", keyFile.toString()).code()).isZero();
    assertThat(keyFile).hasContent(key);
    Path served = Files.createDirectories(directory.resolve("served"));
    try (TransferServer server = server(served)) {
      CommandLineRun up = copy(key.strip(), keyFile.toString(), uri(server, "ann", ""));
      assertThat(up.code()).as(up.err()).isZero();
    }
  }

  @Test
  void aKeyFileThatCannotBeMadeOrLeftAloneMakesNoUser() throws Exception {
    Path nowhere = directory.resolve("none/ann.key");
    CommandLineRun missing = user("add", "ann", "--key-file", nowhere.toString());
    assertThat(missing.code()).isEqualTo(2);
    assertThat(missing.err()).contains(nowhere.toString(), "its directory does not exist");
    Path users = Files.createDirectory(directory.resolve("broken"));
    Path keyFile = directory.resolve("ann.key");
    CommandLineRun broken =
        user("add", "ann", "--users", users.toString(), "--key-file", keyFile.toString());
    assertThat(broken.code()).isEqualTo(2);
    assertThat(keyFile).doesNotExist();
    assertThat(user("list").out()).isEmpty();
  }

  @Test
  void aShortKeyAndAStrangeNameAreRefused() throws Exception {
    Path short15 = Files.writeString(directory.resolve("short"), "fifteen-letters\n");
    CommandLineRun guessed = user("add", "ann", "--key-file", short15.toString());
    assertThat(guessed.code()).isEqualTo(2);
    assertThat(guessed.err()).contains("16 characters at least").doesNotContain("fifteen-");
    for (String name : List.of("-x", ".x", "b ad", "a\u001b[31m", "a/b", "é", "a".repeat(65))) {
      CommandLineRun refused = user("add", "--", name);
      assertThat(refused.code()).as(name).isEqualTo(2);
      assertThat(refused.err()).contains("a user's name has").doesNotContain("\u001b");
    }
    assertThat(user("list").out()).isEmpty();
    assertThat(user("add", "a.b_c@D-9").code()).isZero();
  }

  @Test
  void whatCannotBeIsRefusedAndNothingIsWritten() {
    assertThat(user("add", "ann", "--read-only", "--permissions", "read").code()).isEqualTo(2);
    assertThat(user("add", "ann", "--permissions", "fly").err()).contains("'fly'", "write");
    assertThat(user("add", "ann", "--from", "here").code()).isEqualTo(2);
    assertThat(user("add", "ann", "--pin", "x", "--certificate").code()).isEqualTo(2);
    assertThat(user("add", "#ann").code()).isEqualTo(2);
    assertThat(user("list").out()).isEmpty();
  }

  private TransferServer server(Path served) {
    return TransferServer.builder(served)
        .plaintext()
        .users(new UsersFile(directory.resolve("state/serve/users")))
        .build()
        .start();
  }

  private static String uri(TransferServer server, String user, String path) {
    return "waybill://" + user + "@127.0.0.1:" + server.port() + "/" + path;
  }

  private CommandLineRun copy(String key, String from, String to) {
    return CommandLineRun.of(
        Map.of("WAYBILL_STATE", directory.resolve("state").toString(), "K", key),
        "copy",
        from,
        to,
        "--key-env",
        "K",
        "--plaintext");
  }

  private CommandLineRun user(String... arguments) {
    String[] line = new String[arguments.length + 2];
    line[0] = "serve";
    line[1] = "user";
    System.arraycopy(arguments, 0, line, 2, arguments.length);
    return CommandLineRun.of(Map.of("WAYBILL_STATE", directory.resolve("state").toString()), line);
  }
}
