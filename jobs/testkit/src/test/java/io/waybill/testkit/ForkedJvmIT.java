package io.waybill.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
@ExtendWith(Leaks.class)
class ForkedJvmIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void passesArgumentsEnvironmentAndDirectory(@TempDir Path directory) throws Exception {
    try (ForkedJvm child =
        ForkedJvm.running(Child.class)
            .jvmArgs("-Dgreeting=good day")
            .args("one", "two words")
            .environment("WAYBILL_TEST", "inherited")
            .directory(directory)
            .start()) {
      assertThat(child.awaitExit(PATIENCE)).isEqualTo(3);
      assertThat(child.output())
          .contains("[one, two words]", "good day", "inherited", directory.toRealPath().toString())
          .contains("on stderr", "dobrý den, 5 €");
    }
  }

  @Test
  void killsAChildThatWouldNotEnd() throws Exception {
    try (ForkedJvm child = ForkedJvm.running(Sleeper.class).start()) {
      assertThat(child.awaitLine("asleep with pid \\d+", PATIENCE)).endsWith(" " + child.pid());
      assertThat(child.isAlive()).isTrue();

      child.kill();

      assertThat(child.isAlive()).isFalse();
      assertThat(child.output()).contains("asleep").doesNotContain("hook ran");
    }
  }

  @Test
  void terminateLetsShutdownHooksRun() throws Exception {
    try (ForkedJvm child = ForkedJvm.running(Sleeper.class).start()) {
      child.awaitLine("asleep.*", PATIENCE);

      child.terminate();

      child.awaitExit(PATIENCE);
      assertThat(child.output()).contains("hook ran");
    }
  }

  @Test
  void saysWhatWasPrintedWhenTheLineNeverComes() {
    try (ForkedJvm child = ForkedJvm.running(Child.class).args("x").start()) {
      assertThatThrownBy(() -> child.awaitLine("never", PATIENCE))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("ended, waiting for \"never\"")
          .hasMessageContaining("[x]");
    }
  }

  static final class Child {
    public static void main(String[] args) {
      System.out.println(Arrays.toString(args));
      System.out.println(System.getProperty("greeting"));
      System.out.println(System.getenv("WAYBILL_TEST"));
      System.out.println(System.getProperty("user.dir"));
      System.out.println("dobrý den, 5 €");
      System.err.println("on stderr");
      System.exit(3);
    }
  }

  static final class Sleeper {
    public static void main(String[] args) throws InterruptedException {
      Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("hook ran")));
      System.out.println("asleep with pid " + ProcessHandle.current().pid());
      new CountDownLatch(1).await();
    }
  }
}
