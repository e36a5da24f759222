package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.io.TempDir;

class RealServersIT {
  /** The extension asks its context for nothing. */
  private static final ExtensionContext NO_CONTEXT =
      (ExtensionContext)
          Proxy.newProxyInstance(
              RealServersIT.class.getClassLoader(),
              new Class<?>[] {ExtensionContext.class},
              (proxy, method, args) -> {
                throw new UnsupportedOperationException(method.getName());
              });

  @TempDir Path directory;

  @Test
  void saysWhatIsMissing() throws IOException {
    assumeThat(Path.of("/proc/self")).isDirectory();
    RealServers servers =
        RealServers.script(script("exit 0")).needing("sh", "no-such-server-command");

    assertThatThrownBy(() -> servers.beforeAll(NO_CONTEXT))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("servers.sh")
        .hasMessageContaining("[no-such-server-command]");
  }

  @Test
  void startsStopsAndLeavesNothing() throws Exception {
    assumeRoot();
    Path calls = directory.resolve("calls");
    RealServers servers =
        RealServers.script(script("echo $1 $PORT_A $PORT_B $PASSWORD >>'" + calls + "'"))
            .needing("sh");

    servers.beforeAll(NO_CONTEXT);
    Path state = servers.directory();
    assertThat(state).isDirectory();
    servers.afterAll(NO_CONTEXT);

    assertThat(state).doesNotExist();
    assertThat(Files.readAllLines(calls))
        .containsExactly("start " + servers.password(), "stop " + servers.password());
  }

  @Test
  void aFailedStartIsStoppedAndTold() throws Exception {
    assumeRoot();
    Path stopped = directory.resolve("stopped");
    RealServers servers =
        RealServers.script(
            script("[ $1 = stop ] && touch '" + stopped + "' || { echo port taken; exit 1; }"));

    assertThatThrownBy(() -> servers.beforeAll(NO_CONTEXT))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("port taken");
    assertThat(stopped).exists();
  }

  private static void assumeRoot() throws IOException {
    assumeThat(Path.of("/proc/self")).isDirectory();
    assumeThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid")).isEqualTo(0);
  }

  private Path script(String body) throws IOException {
    Path file = Files.writeString(directory.resolve("servers.sh"), "#!/bin/sh\n" + body + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
  }
}
