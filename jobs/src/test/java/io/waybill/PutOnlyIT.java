package io.waybill;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A web server that stores what is PUT, with the directories above it, and knows no WebDAV. */
@Timeout(60)
class PutOnlyIT {
  @TempDir Path here;
  @TempDir Path root;
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    Files.createDirectories(here.resolve("from/sub"));
    Files.writeString(here.resolve("from/a"), "1");
    Files.writeString(here.resolve("from/a?x=1"), "22");
    Files.writeString(here.resolve("from/sub/b"), "333");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      Path file = root.resolve(exchange.getRequestURI().getPath().substring(1));
      switch (exchange.getRequestMethod()) {
        case "PUT" -> {
          Files.createDirectories(file.getParent());
          Files.write(file, exchange.getRequestBody().readAllBytes());
          exchange.sendResponseHeaders(201, -1);
        }
        case "HEAD" -> {
          boolean isFile = Files.isRegularFile(file);
          if (isFile) {
            exchange.getResponseHeaders().set("Content-Length", "" + Files.size(file));
          }
          exchange.sendResponseHeaders(isFile ? 200 : 404, -1);
        }
        case "GET" -> {
          byte[] content = Files.readAllBytes(file);
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content);
        }
        default -> exchange.sendResponseHeaders(405, -1);
      }
    }
  }

  private String web(String path) {
    return "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), path);
  }

  private CommandLineRun run(String... words) {
    List<String> all = new ArrayList<>(List.of("--state", here.resolve("state").toString()));
    all.addAll(List.of(words));
    return CommandLineRun.of(Map.of("HOME", here.toString()), all.toArray(String[]::new));
  }

  private static void assertWell(CommandLineRun run) {
    assertThat(run.code()).as(run.err()).isZero();
  }

  @Test
  void directoriesComeWithTheFilesOfATreeAndOfSeveralSources() {
    assertWell(run("copy", here + "/from/", web("/tree/")));
    assertThat(root.resolve("tree/a")).hasContent("1");
    assertThat(root.resolve("tree/a?x=1")).hasContent("22");
    assertThat(root.resolve("tree/sub/b")).hasContent("333");
    assertWell(run("copy", here + "/from/a", here + "/from/sub/b", web("/new/deep/")));
    assertThat(root.resolve("new/deep/b")).hasContent("333");
    assertWell(run("move", here + "/from/a?x=1", web("/moved/to/it%3F")));
    assertThat(root.resolve("moved/to/it?")).hasContent("22");
    assertThat(here.resolve("from/a?x=1")).doesNotExist();
  }

  @Test
  void whatTheServerCannotKeepIsSaid() throws IOException {
    Files.createDirectories(here.resolve("from/empty"));
    CommandLineRun copied = run("copy", here + "/from/", web("/tree/"));
    assertThat(copied.code()).isEqualTo(8);
    assertThat(copied.err()).contains("empty is empty");
    assertThat(root.resolve("tree/sub/b")).hasContent("333");
  }

  @Test
  void aSourceThatCannotBeDeletedIsSaidToBeLeft() throws IOException {
    Files.writeString(root.resolve("x"), "four");
    CommandLineRun moved = run("-o", "json", "move", web("/x"), here + "/y");
    assertThat(moved.code()).as(moved.err()).isEqualTo(8);
    assertThat(moved.out()).contains("\"sources-left\" : 1", "\"failed\" : 0");
    assertThat(moved.err()).contains("1 file was copied and not deleted");
    assertThat(here.resolve("y")).hasContent("four");
  }

  @Test
  void anAddressWithAQueryIsOneFile() throws IOException {
    Files.writeString(root.resolve("x"), "mine");
    for (String[] words :
        List.of(
            new String[] {"copy", here + "/from/", web("/d/?s=1/")},
            new String[] {"copy", here + "/from/a", here + "/from/sub/b", web("/d/?s=1")},
            new String[] {"sync", here + "/from", web("/d?s=1")},
            new String[] {"move", web("/x"), web("/x?s=1")})) {
      CommandLineRun refused = run(words);
      assertThat(refused.code()).as(words[0] + refused.err()).isEqualTo(2);
    }
    assertThat(root.resolve("x")).hasContent("mine");
    assertWell(run("copy", here + "/from/sub/b", web("/put?signature=a/")));
    assertThat(root.resolve("put")).hasContent("333");
  }

  @Test
  void aQueryIsNoPartOfANameAndNotShown() throws IOException {
    Files.writeString(root.resolve("x"), "four");
    CommandLineRun listed = run("-o", "json", "ls", web("/x?signature=planted"));
    assertWell(listed);
    assertThat(listed.out()).contains("\"path\" : \"x\"").doesNotContain("planted");
  }
}
