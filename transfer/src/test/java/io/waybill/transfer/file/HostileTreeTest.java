package io.waybill.transfer.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.waybill.transfer.SourceIdentity;
import io.waybill.transfer.TargetPolicy;
import io.waybill.transfer.Verification;
import io.waybill.transfer.chunk.ChunkContent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A directory of the tree is swapped for a link to the outside, and back, all the time. */
class HostileTreeTest {
  private static final int ROUNDS = 200;

  /** Until the way was open at least once, on a machine that is busy. */
  private static final int MOST_ROUNDS = 100_000;

  @TempDir Path dir;
  private Path root = Path.of("");
  private Path outside = Path.of("");
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicLong swaps = new AtomicLong();
  private final ExecutorService thread = Executors.newSingleThreadExecutor();
  private Future<Boolean> swapper = CompletableFuture.completedFuture(true);

  @BeforeEach
  void startSwapping() throws IOException {
    root = Files.createDirectory(dir.resolve("root"));
    outside = Files.createDirectory(dir.resolve("outside"));
    Files.createDirectory(outside.resolve("sub"));
    Files.writeString(outside.resolve("secret"), "secret");
    Files.createDirectories(root.resolve("d/sub"));
    swapper = thread.submit(this::swap);
  }

  private boolean swap() throws IOException {
    Path real = root.resolve("d");
    Path aside = dir.resolve("aside");
    while (!isOver.get()) {
      Files.move(real, aside);
      link(real);
      Files.delete(real);
      try {
        Files.move(aside, real, StandardCopyOption.ATOMIC_MOVE);
      } catch (IOException madeAnew) {
        replace(real, aside);
      }
      swaps.incrementAndGet();
    }
    return true;
  }

  // the writer makes the directory anew in the moment that nothing is there
  private void link(Path real) throws IOException {
    while (true) {
      try {
        Files.createSymbolicLink(real, outside);
        return;
      } catch (FileAlreadyExistsException madeAnew) {
        delete(real);
      }
    }
  }

  private static void replace(Path real, Path aside) throws IOException {
    while (true) {
      delete(real);
      try {
        Files.move(aside, real);
        return;
      } catch (FileAlreadyExistsException madeAnew) {
        delete(real);
      }
    }
  }

  private static void delete(Path tree) throws IOException {
    while (Files.exists(tree, LinkOption.NOFOLLOW_LINKS)) {
      List<Path> all;
      try (Stream<Path> walk = Files.walk(tree)) {
        all = walk.sorted(Comparator.reverseOrder()).toList();
      } catch (UncheckedIOException changed) {
        continue;
      }
      for (Path each : all) {
        try {
          Files.deleteIfExists(each);
        } catch (DirectoryNotEmptyException grown) {
          break;
        }
      }
    }
  }

  @AfterEach
  void nothingWasWrittenOutside() throws Exception {
    isOver.set(true);
    assertThat(swapper.get()).isTrue();
    thread.shutdownNow();
    assertThat(swaps.get()).isPositive();
    try (Stream<Path> all = Files.walk(outside)) {
      assertThat(all)
          .containsExactlyInAnyOrder(outside, outside.resolve("sub"), outside.resolve("secret"));
    }
    assertThat(outside.resolve("secret")).hasContent("secret");
  }

  @Test
  void groupsStayInside() throws IOException {
    int published = 0;
    try (GroupWriter writer =
        new GroupWriter(DirectoryHandle.open(root), 0777, LooseNames.random())) {
      for (int i = 0; i < ROUNDS || (published == 0 && i < MOST_ROUNDS); i++) {
        List<SmallFile> group =
            Stream.of("d/secret", "d/sub/f", "d/new" + i + "/f", "safe/f" + i)
                .map(HostileTreeTest::small)
                .toList();
        List<GroupOutcome> outcomes = writer.write(group, Verification.DIGEST);
        assertThat(outcomes.get(3)).isEqualTo(new GroupOutcome.Published("safe/f" + i));
        published += outcomes.get(0) instanceof GroupOutcome.Failed ? 0 : 1;
      }
    }
    assertThat(published).as("the way is open at times").isPositive();
  }

  @Test
  void partFilesStayInside() throws IOException {
    byte[] content = "not secret".getBytes(StandardCharsets.UTF_8);
    SourceIdentity source = SourceIdentity.of(content.length, Instant.EPOCH);
    int published = 0;
    for (int i = 0; i < ROUNDS || (published == 0 && i < MOST_ROUNDS); i++) {
      try (SafePath place = SafePath.open(root, "d/secret");
          PartFile part =
              PartFile.open(place.directory(), place.name(), source, "x", PartOptions.withTree())) {
        part.write(0, ByteBuffer.wrap(content), ChunkContent.crc32c(ByteBuffer.wrap(content)));
        part.publish(null, TargetPolicy.REPLACE);
        published++;
      } catch (IOException refused) {
        assertThat(refused).isNotInstanceOf(IntegrityException.class);
      }
    }
    assertThat(published).as("the way is open at times").isPositive();
  }

  @Test
  void walksStayInside() throws IOException {
    for (int i = 0; i < ROUNDS; i++) {
      try (TreeWalker walker = TreeWalker.open(root, PathFilter.all())) {
        for (TreeEntry each = walker.next(); each != null; each = walker.next()) {
          assertThat(each.path()).doesNotContain("secret");
        }
      }
    }
  }

  private static SmallFile small(String path) {
    return new SmallFile(
        path,
        ByteBuffer.wrap("not secret".getBytes(StandardCharsets.UTF_8)),
        Optional.of(Instant.EPOCH),
        OptionalInt.empty(),
        TargetPolicy.REPLACE);
  }
}
