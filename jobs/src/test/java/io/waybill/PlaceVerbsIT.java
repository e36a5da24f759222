package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.jobs.sandbox.Sandbox;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code ls}, {@code mkdir}, {@code move} and trees, here and at an FTP server. */
@Timeout(60)
class PlaceVerbsIT {
  @TempDir Path here;
  @TempDir Path home;
  private Sandbox server;
  private Map<String, String> environment;

  @BeforeEach
  void start() throws Exception {
    server = Sandbox.start(home, here.resolve("hub"));
    environment =
        Map.of(
            "HOME",
            here.toString(),
            "FTP_KEY",
            server.ftpLogin().password(),
            "XDG_CONFIG_HOME",
            here.resolve("none").toString());
    Files.createDirectories(here.resolve("from/sub"));
    Files.writeString(here.resolve("from/a b.txt"), "a");
    Files.writeString(here.resolve("from/sub/b.csv"), "bb");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String ftp(String path) {
    return "ftp://%s@%s:%d%s"
        .formatted(server.ftpLogin().user(), server.host(), server.ftpPort(), path);
  }

  private CommandLineRun run(String... words) {
    List<String> all = new ArrayList<>(List.of("--state", here.resolve("state").toString()));
    all.addAll(List.of(words));
    return CommandLineRun.of(environment, all.toArray(String[]::new));
  }

  @Test
  void aTreeGoesToTheServerAndBackAndIsListed() throws IOException {
    CommandLineRun up =
        run("copy", "--key-env", "FTP_KEY", here.resolve("from").toString(), ftp("/in/"));
    assertThat(up.code()).as(up.err()).isZero();
    assertThat(up.out()).contains("copied 2 files");
    assertThat(home.resolve("in/sub/b.csv")).hasContent("bb");

    CommandLineRun listed = run("-o", "json", "ls", "-r", "--key-env", "FTP_KEY", ftp("/in"));
    assertThat(listed.code()).as(listed.err()).isZero();
    assertThat(listed.out())
        .contains("waybill.entries/1", "\"path\" : \"sub/b.csv\"", "\"bytes\" : 2", "directory");

    CommandLineRun down =
        run("copy", "--key-env", "FTP_KEY", ftp("/in"), here.resolve("back").toString());
    assertThat(down.code()).as(down.err()).isZero();
    assertThat(here.resolve("back/a b.txt")).hasContent("a");
  }

  @Test
  void aFileIsNotMovedOntoItselfByAnotherNameOfItsServer() throws IOException {
    Files.createDirectories(home.resolve("d"));
    Files.createDirectories(home.resolve("e"));
    Files.writeString(home.resolve("d/x"), "mine");
    String there = ftp("/d/x").replace("127.0.0.1", "localhost");
    assertThat(there).isNotEqualTo(ftp("/d/x"));
    for (String target :
        List.of(there, ftp("/d/").replace("127.0.0.1", "localhost"), home + "/d/")) {
      CommandLineRun refused = run("move", "--key-env", "FTP_KEY", ftp("/d/x"), target);
      assertThat(refused.code()).as(target + refused.err()).isEqualTo(2);
      assertThat(refused.err()).contains("the same file by two names");
      assertThat(home.resolve("d").toFile().list()).containsExactly("x");
    }
    CommandLineRun moved = run("move", "--key-env", "FTP_KEY", there, ftp("/e/"));
    assertThat(moved.code()).as(moved.err()).isZero();
    assertThat(home.resolve("e").toFile().list()).containsExactly("x");
    assertThat(home.resolve("d")).isEmptyDirectory();
  }

  @Test
  void whatEndsInDotsIsNotDeleted() {
    for (String path : List.of("/from/.", "/from/sub/..", "/from/sub/../")) {
      CommandLineRun refused = run("rm", "-r", here + path);
      assertThat(refused.code()).as(path).isEqualTo(2);
      assertThat(here.resolve("from/sub/b.csv")).hasContent("bb");
    }
  }

  @Test
  void directoriesThatAreMadeAreTold() {
    CommandLineRun made = run("-o", "json", "mkdir", here + "/x/y", here + "/z");
    assertThat(made.code()).as(made.err()).isZero();
    assertThat(made.out()).contains("waybill.mkdir/1", here + "/x/y", here + "/z");
  }

  @Test
  void aDirectoryThatIsNotThereIsNoCopy() {
    assertThat(run("verify", here + "/from", here + "/form").code()).isEqualTo(3);
  }

  @Test
  void emptyDirectoriesAreMadeWhicheverWayATreeGoes() throws IOException {
    Files.createDirectories(here.resolve("from/empty/deep"));
    Files.createDirectories(here.resolve("from/out/in"));
    Files.writeString(here.resolve("from/out/x"), "x");
    String from = here + "/from/";
    List<String[]> ways = new ArrayList<>();
    ways.add(new String[] {from, here + "/plain/"});
    ways.add(new String[] {from, here + "/settled/", "--settle", "10ms"});
    ways.add(new String[] {from, here + "/renamed/", "--policy", "rename"});
    ways.add(new String[] {from, here + "/checked/", "--check-sidecar", "--sidecar-optional"});
    ways.add(new String[] {from, ftp("/up/")});
    ways.add(new String[] {ftp("/up/"), here + "/down/"});
    ways.add(new String[] {ftp("/up/"), ftp("/relayed/")});
    for (String[] way : ways) {
      List<String> words = new ArrayList<>(List.of("copy", "--key-env", "FTP_KEY"));
      words.addAll(List.of("--exclude", "out", "--include", "*.csv"));
      words.addAll(List.of(way));
      boolean isHere = !way[1].startsWith("ftp:");
      Path to = isHere ? Path.of(way[1]) : home.resolve(way[1].replaceFirst(".*/(.+)/", "$1"));

      List<String> rehearsed = new ArrayList<>(words);
      rehearsed.add("--dry-run");
      CommandLineRun rehearsal = run(rehearsed.toArray(String[]::new));
      assertThat(rehearsal.out()).as(rehearsal.err()).contains("would copy 1 file");
      assertThat(to).as(way[1]).doesNotExist();

      CommandLineRun copied = run(words.toArray(String[]::new));
      assertThat(copied.code()).as(way[1] + copied.err()).isZero();
      assertThat(to.resolve("empty/deep")).isEmptyDirectory();
      assertThat(to.resolve("sub/b.csv")).hasContent("bb");
      assertThat(to.resolve("a b.txt")).doesNotExist();
      assertThat(to.resolve("out")).as(way[1]).doesNotExist();
    }
    CommandLineRun moved = run("move", from, here + "/moved/");
    assertThat(moved.code()).as(moved.err()).isZero();
    assertThat(here.resolve("moved/empty/deep")).isEmptyDirectory();
  }

  @Test
  void aTreeThatIsCopiedIntoItselfHasAnEnd() throws IOException {
    Path sub = here.resolve("from/sub");
    CommandLineRun copied = run("copy", here + "/from/", sub + "/");
    assertThat(copied.code()).as(copied.err()).isZero();
    assertThat(sub.resolve("sub/b.csv")).hasContent("bb");
    assertThat(sub.resolve("sub/sub")).doesNotExist();

    Files.createSymbolicLink(here.resolve("link"), sub);
    CommandLineRun again = run("copy", here + "/from/", here + "/link/");
    assertThat(again.code()).as(again.err()).isZero();
    assertThat(sub.resolve("sub/sub/b.csv")).hasContent("bb");
    assertThat(sub.resolve("sub/sub/sub")).doesNotExist();
  }

  @Test
  void aFileWhereATreeIsToGoIsSaidOnce() throws IOException {
    Files.writeString(here.resolve("file"), "mine");
    CommandLineRun copied = run("copy", here + "/from/", here.resolve("file").toString());
    assertThat(copied.code()).isEqualTo(11);
    assertThat(copied.err()).contains("file is a file", "name a directory").hasLineCount(1);
  }

  @Test
  void ls() {
    CommandLineRun listed = run("ls", here.resolve("from").toString());
    assertThat(listed.code()).isZero();
    assertThat(listed.out()).containsPattern("-\\s+1 .*a b.txt\n").containsPattern("d .*sub/\n");
    assertThat(run("ls", here.resolve("no").toString()).err()).contains("there is no");
    assertThat(run("ls", here.resolve("from/a b.txt").toString()).out()).contains("a b.txt");
  }

  @Test
  void mkdirMakesParentsToo() {
    assertThat(run("mkdir", here.resolve("x/y").toString()).code()).isZero();
    assertThat(here.resolve("x/y")).isDirectory();
    assertThat(run("mkdir", "--key-env", "FTP_KEY", ftp("/p/q"), ftp("/p/q")).code()).isZero();
    assertThat(home.resolve("p/q")).isDirectory();
  }

  @Test
  void moveDeletesTheSourceOnceTheCopyIsThere() {
    String from = here.resolve("from").toString();
    CommandLineRun moved = run("-o", "json", "move", "--key-env", "FTP_KEY", from, ftp("/in/"));
    assertThat(moved.code()).as(moved.err()).isZero();
    assertThat(moved.out()).contains("\"moved\" : 2");
    assertThat(home.resolve("in/a b.txt")).hasContent("a");
    assertThat(here.resolve("from/a b.txt")).doesNotExist();
    assertThat(here.resolve("from/sub")).isEmptyDirectory();

    CommandLineRun back =
        run("move", "--key-env", "FTP_KEY", ftp("/in/a b.txt").replace(" ", "%20"), from + "/");
    assertThat(back.code()).as(back.err()).isZero();
    assertThat(back.out()).contains("deleted 1 source");
    assertThat(here.resolve("from/a b.txt")).hasContent("a");
    assertThat(home.resolve("in/a b.txt")).doesNotExist();
  }

  @Test
  void moveWithinAFileSystemIsARename() throws IOException {
    Object inode = Files.getAttribute(here.resolve("from/a b.txt"), "unix:ino");
    CommandLineRun moved = run("move", here.resolve("from").toString(), here.resolve("to") + "/");
    assertThat(moved.code()).as(moved.err()).isZero();
    assertThat(moved.out()).contains("moved 2 files", "by renaming").doesNotContain("deleted");
    assertThat(here.resolve("to/sub/b.csv")).hasContent("bb");
    assertThat(Files.getAttribute(here.resolve("to/a b.txt"), "unix:ino")).isEqualTo(inode);
    assertThat(here.resolve("from/a b.txt")).doesNotExist();

    CommandLineRun json =
        run("-o", "json", "move", here.resolve("to/a b.txt").toString(), here + "/from/");
    assertThat(json.out()).contains("\"moved\" : 1", "\"moved-by-rename\" : 1");
  }

  @Test
  void watchOnceCopiesWhatIsFinishedAndMovesItIfAsked() throws IOException {
    String from = here.resolve("from").toString();
    Files.writeString(here.resolve("from/c.tmp"), "c");
    CommandLineRun first =
        run("watch", "--once", "--settle", "100ms", from, here.resolve("to").toString());
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains("copied " + from + "/a b.txt", "copied 1 file");
    assertThat(here.resolve("to/a b.txt")).hasContent("a");
    assertThat(here.resolve("to/sub")).doesNotExist();
    assertThat(here.resolve("to/c.tmp")).doesNotExist();

    CommandLineRun up =
        run(
            "watch",
            "--once",
            "--move",
            "-r",
            "--settle",
            "100ms",
            "--key-env",
            "FTP_KEY",
            from,
            ftp("/in"));
    assertThat(up.code()).as(up.err()).isZero();
    assertThat(up.out()).contains("moved " + from + "/sub/b.csv", "deleted 2 sources");
    assertThat(home.resolve("in/sub/b.csv")).hasContent("bb");
    assertThat(here.resolve("from/sub/b.csv")).doesNotExist();
    assertThat(here.resolve("from/c.tmp")).exists();

    CommandLineRun down =
        run(
            "-o",
            "json",
            "watch",
            "--once",
            "-r",
            "--settle",
            "100ms",
            "--key-env",
            "FTP_KEY",
            ftp("/in"),
            here.resolve("back").toString());
    assertThat(down.code()).as(down.err()).isZero();
    assertThat(down.out()).contains("waybill.copy/1", "\"copied\" : 2");
    assertThat(here.resolve("back/sub/b.csv")).hasContent("bb");
  }

  @Test
  void watchTellsAProgramOfEachFileAsItHappens() throws IOException {
    Files.createDirectories(here.resolve("to/b.txt")); // in the way
    Files.writeString(here.resolve("from/b.txt"), "b");
    CommandLineRun watched =
        run(
            "-o",
            "ndjson",
            "watch",
            "--once",
            "--settle",
            "100ms",
            here.resolve("from").toString(),
            here.resolve("to").toString());
    List<String> lines = watched.out().lines().toList();
    assertThat(lines).as(watched.err()).allMatch(line -> line.startsWith("{\"schema\":\"waybill."));
    assertThat(lines.get(lines.size() - 1)).contains("waybill.copy/1", "\"copied\":1");
    assertThat(lines)
        .anyMatch(line -> line.contains("\"event\":\"copied\"") && line.contains("/a b.txt\""))
        .anyMatch(
            line ->
                line.contains("\"event\":\"failed\"")
                    && line.contains("b.txt is a directory, and"));
    CommandLineRun human =
        run("watch", "--once", "--settle", "0s", here + "/from", here + "/other");
    assertThat(human.err()).contains("never taken: ", "*.tmp");
    assertThat(run("-q", "watch", "--once", "--settle", "0s", here + "/from", here + "/q").err())
        .isEmpty();
  }

  @Test
  void watchGoesOnUntilItIsInterruptedAndTriesAgainWhatFailed() throws Exception {
    Files.createDirectories(here.resolve("to/a b.txt")); // in the way
    List<CommandLineRun> ended = new CopyOnWriteArrayList<>();
    Thread watching =
        new Thread(
            () ->
                ended.add(
                    run(
                        "watch",
                        "--settle",
                        "0s",
                        "--interval",
                        "200ms",
                        here.resolve("from").toString(),
                        here.resolve("to").toString())));
    watching.start();
    try {
      Files.writeString(here.resolve("new"), "n");
      Files.move(here.resolve("new"), here.resolve("from/new"));
      await(() -> Files.exists(here.resolve("to/new")));
      Files.delete(here.resolve("to/a b.txt"));
      await(() -> Files.isRegularFile(here.resolve("to/a b.txt")));
    } finally {
      watching.interrupt();
      watching.join(20_000);
    }
    assertThat(watching.isAlive()).isFalse();
    assertThat(ended.get(0).err()).contains("a b.txt", "it is tried again");
    assertThat(ended.get(0).code()).isNotZero();
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 400 && !condition.getAsBoolean(); i++) {
      TimeUnit.MILLISECONDS.sleep(50);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void watchRefusesATargetThatWouldArriveAgain() {
    String from = here.resolve("from").toString();
    CommandLineRun inside = run("watch", "-r", "--once", from, from + "/sub");
    assertThat(inside.code()).isEqualTo(2);
    assertThat(inside.err()).contains("would arrive again");
    CommandLineRun file = run("watch", "--once", from + "/a b.txt", here + "/to/");
    assertThat(file.code()).isEqualTo(2);
    assertThat(file.err()).contains("only directories are watched");
    assertThat(run("watch", "--once", here + "/no", here + "/to/").code()).isEqualTo(3);
    assertThat(run("watch", "--policy", "append", from, here + "/to/").err())
        .contains("appended twice");
    assertThat(run("watch", "--dry-run", from, here + "/to/").code()).isEqualTo(2);
  }

  @Test
  void moveRefusesWhatWouldHappenTwice() {
    CommandLineRun refused =
        run("move", "--policy", "rename", here.resolve("from").toString(), here + "/to/");
    assertThat(refused.code()).isNotZero();
    assertThat(refused.err()).contains("a move that was cut short would rename or append twice");
    assertThat(here.resolve("from/a b.txt")).exists();
  }

  @Test
  void moveKeepsASourceWhoseCopyFailed() throws IOException {
    Files.createDirectories(here.resolve("to"));
    Files.writeString(here.resolve("to/a b.txt"), "mine");
    CommandLineRun moved =
        run("move", "--policy", "fail", here.resolve("from").toString(), here + "/to/");
    assertThat(moved.code()).isNotZero();
    assertThat(here.resolve("to/a b.txt")).hasContent("mine");
    assertThat(here.resolve("from/a b.txt")).exists();
    assertThat(here.resolve("from/sub/b.csv")).doesNotExist();
    assertThat(here.resolve("to/sub/b.csv")).hasContent("bb");
  }

  @Test
  void syncMakesTheServerLikeHereAndVerifyNamesWhatWasBroken() throws IOException {
    String from = here.resolve("from").toString();
    CommandLineRun plan = run("sync", "--dry-run", "--key-env", "FTP_KEY", from, ftp("/sync"));
    assertThat(plan.code()).as(plan.err()).isZero();
    assertThat(plan.out()).contains("copy      a b.txt (1 bytes, missing)", "total     2 to copy");
    assertThat(home.resolve("sync")).doesNotExist();

    CommandLineRun first = run("sync", "--key-env", "FTP_KEY", from, ftp("/sync"));
    assertThat(first.code()).as(first.err()).isZero();
    assertThat(first.out()).contains("copied 2,");
    CommandLineRun again = run("-o", "json", "sync", "--key-env", "FTP_KEY", from, ftp("/sync"));
    assertThat(again.out()).contains("\"copied\" : 0", "\"equal\" : 2");
    assertThat(run("verify", "--key-env", "FTP_KEY", from, ftp("/sync")).code()).isZero();

    Files.createSymbolicLink(here.resolve("from/link"), Path.of("a b.txt"));
    Files.writeString(here.resolve("from/mine.wbpart"), "mine");
    CommandLineRun told = run("sync", "--key-env", "FTP_KEY", from, ftp("/sync"));
    assertThat(told.code()).as(told.err()).isZero();
    assertThat(told.err()).contains("link is a link", "mine.wbpart is left out", "rename it");
    CommandLineRun verified = run("verify", "--key-env", "FTP_KEY", from, ftp("/sync"));
    assertThat(verified.code()).as(verified.out()).isZero();
    assertThat(verified.out())
        .contains("left out link: a symbolic link", "left out mine.wbpart", "0 missing", "2 left");

    Files.writeString(home.resolve("sync/sub/b.csv"), "b!");
    CommandLineRun broken = run("verify", "--key-env", "FTP_KEY", from, ftp("/sync"));
    assertThat(broken.code()).isEqualTo(7);
    assertThat(broken.out()).contains("differs  sub/b.csv").doesNotContain("a b.txt");
  }

  @Test
  void aTargetThatCannotBeMadeIsSaidOnce() throws IOException {
    Files.writeString(here.resolve("file"), "in the way");
    CommandLineRun failed = run("sync", here + "/from", here + "/file/deep/to");
    assertThat(failed.code()).isNotZero();
    assertThat(failed.err()).contains(here + "/file").hasLineCount(1);
  }

  @Test
  void syncDeletesNothingForAnEmptySource() throws IOException {
    Files.createDirectory(here.resolve("empty"));
    CommandLineRun refused =
        run("sync", "--delete", here.resolve("empty").toString(), here.resolve("from").toString());
    assertThat(refused.code()).isEqualTo(11);
    assertThat(refused.err())
        .contains("the source is empty", "(--allow-empty-source, --max-delete N)");

    Files.writeString(here.resolve("empty/new"), "n");
    CommandLineRun many =
        run(
            "sync",
            "--delete",
            "--max-delete",
            "1",
            here.resolve("empty").toString(),
            here.resolve("from").toString());
    assertThat(many.code()).isEqualTo(11);
    assertThat(many.err()).contains("2 of 2 files would be deleted", "(--max-delete N)");
    assertThat(here.resolve("from/a b.txt")).exists();
  }

  @Test
  void rmDeletesTreesOnlyWhenItIsTold() throws IOException {
    Files.createDirectories(home.resolve("old/deep"));
    Files.writeString(home.resolve("old/deep/x"), "x");
    CommandLineRun refused = run("rm", "--key-env", "FTP_KEY", ftp("/old"));
    assertThat(refused.err()).contains("is a directory; -r deletes it, too");
    assertThat(home.resolve("old/deep/x")).exists();

    CommandLineRun rehearsed = run("rm", "-r", "--dry-run", "--key-env", "FTP_KEY", ftp("/old"));
    assertThat(rehearsed.out()).contains("would delete").contains("/old/deep/x");
    assertThat(run("rm", "-r", "--key-env", "FTP_KEY", ftp("/old")).code()).isZero();
    assertThat(home.resolve("old")).doesNotExist();
    assertThat(run("rm", "-r", "/").err()).contains("is not deleted");
    assertThat(run("rm", here.resolve("no").toString()).err()).contains("there is no");
  }

  @Test
  void whatCopiesHaveLeftGoesWithItsDirectoryOrAlone() throws IOException {
    // by MLSD this server tells of no name with a dot before it
    Path jobs =
        Files.writeString(
            here.resolve("waybill.yml"),
            """
            version: 1
            timezone: UTC
            secrets: { p: { env: FTP_KEY } }
            connections:
              site: { type: ftp, host: %s, port: %d, tls: "off", user: %s, password: "${secrets.p}", part-name: "{name}.{id}.tmp" }
            """
                .formatted(server.host(), server.ftpPort(), server.ftpLogin().user()));
    Path deep = Files.createDirectories(home.resolve("left/deep"));
    Path part = deep.resolve("x.0123456789abcdef.tmp");
    Path fresh = deep.resolve("y.0123456789abcdef.tmp");
    Path aside = deep.resolve("old.o123456789abcdef.tmp");
    Path obsolete = deep.resolve("z.o123456789abcdef.tmp");
    for (Path each : List.of(part, fresh, aside, obsolete, deep.resolve("z"))) {
      Files.writeString(each, "x");
      Files.setLastModifiedTime(each, FileTime.from(Instant.now().minus(Duration.ofDays(8))));
    }
    Files.setLastModifiedTime(fresh, FileTime.from(Instant.now()));

    CommandLineRun swept = run("-c", jobs.toString(), "rm", "--unfinished", "site:/left");
    assertThat(swept.code()).as(swept.err()).isZero();
    assertThat(swept.err()).contains("old.o123456789abcdef.tmp is an old file that stepped");
    assertThat(deep)
        .isDirectoryNotContaining(each -> each.equals(part) || each.equals(obsolete))
        .isDirectoryContaining(fresh::equals)
        .isDirectoryContaining(aside::equals);

    CommandLineRun all = run("-c", jobs.toString(), "rm", "-r", "site:/left");
    assertThat(all.code()).as(all.err()).isZero();
    assertThat(home.resolve("left")).doesNotExist();
  }

  @Test
  void whatCopiesHaveLeftHereGoesWithItsDirectoryOrAlone() throws IOException {
    Path left = Files.createDirectories(here.resolve("left"));
    for (String each : List.of("part", "journal")) {
      Files.writeString(left.resolve(".x.0123456789abcdef.wb" + each), "x");
    }
    assertThat(run("rm", "--older-than", "1d", left.toString()).err())
        .contains("--older-than is for --unfinished");
    assertThat(run("rm", "--unfinished", left.toString()).code()).isZero();
    assertThat(left).as("too young").isNotEmptyDirectory();
    assertThat(run("rm", "--unfinished", "--older-than", "0s", left.toString()).code()).isZero();
    assertThat(left).isEmptyDirectory();
    Files.writeString(left.resolve(".x.0123456789abcdef.wbpart"), "x");
    assertThat(run("rm", "-r", left.toString()).code()).isZero();
    assertThat(left).doesNotExist();
  }

  @Test
  void probeLooksAtAnFtpServerStepByStep() {
    CommandLineRun probed =
        run(
            "-o",
            "json",
            "probe",
            "--throughput",
            "--size",
            "1MiB",
            "--key-env",
            "FTP_KEY",
            ftp("/"));
    assertThat(probed.code()).as(probed.err()).isZero();
    assertThat(probed.out())
        .contains("\"name\" : \"login\"", "\"hash\" : \"md5\"")
        .contains("\"renames-over-a-file\"", "\"up-bytes-per-second\"")
        .containsPattern("\"ahead-millis\" : -?[0-9]{1,4},");
    assertThat(home).isEmptyDirectory();
  }
}
