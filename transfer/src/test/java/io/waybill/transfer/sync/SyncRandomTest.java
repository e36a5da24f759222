package io.waybill.transfer.sync;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random pairs of trees; the seed is in the name of each case. */
class SyncRandomTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

  static LongStream seeds() {
    return LongStream.range(0, 300);
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void targetBecomesTheSourceAndTheSecondPlanIsEmpty(long seed) {
    Random random = new Random(seed);
    ModelSide source = tree(random);
    ModelSide target = tree(random);
    source.file("surely", "one", NOW); // or the source may be suspiciously empty
    target.exists = !target.nodes.isEmpty() || random.nextBoolean();
    boolean deletes = random.nextBoolean();
    boolean byDigest = random.nextBoolean();
    SyncOptions options =
        SyncOptions.builder()
            .delete(deletes)
            .maxDelete(1000)
            .renames(random.nextBoolean())
            .compare(byDigest ? SyncOptions.Compare.DIGEST : SyncOptions.Compare.SIZE_MTIME)
            .setTimes(byDigest)
            .parallel(1)
            .build();
    Map<String, ModelSide.Node> before = new TreeMap<>(target.nodes);
    Sync sync = new Sync(source, target, options, InstantSource.fixed(NOW));

    SyncReceipt receipt = sync.run(ModelSide.between(source, target));

    assertThat(receipt.isComplete()).as("%s %s", receipt, receipt.failures()).isTrue();
    assertThat(receipt.counts().copied()).isEqualTo(receipt.plan().totals().copies());
    assertThat(receipt.counts().deleted()).isEqualTo(receipt.plan().totals().deletes());
    assertThat(receipt.counts().directoriesKept()).isZero();
    if (deletes) {
      // renamed files have their old time until times are set; by the next run
      assertThat(contents(target)).isEqualTo(contents(source));
    } else {
      assertThat(contents(target)).containsAllEntriesOf(contents(source));
      assertThat(target.nodes.keySet()).containsAll(before.keySet());
    }
    SyncPlan second = sync.plan();
    boolean mayBeRenamed = receipt.counts().renamed() > 0;
    assertThat(second.actions())
        .allMatch(
            each ->
                mayBeRenamed
                    && (each instanceof SyncAction.SetTime
                        || (each instanceof SyncAction.Copy copy
                            && copy.why() == SyncAction.Why.TIME)));
    sync.run(ModelSide.between(source, target));
    assertThat(sync.plan().isEmpty()).isTrue();
    assertThat(TreeCompare.compare(source, target, options.compare(), options.filter()).isEqual())
        .isEqualTo(source.nodes.keySet().equals(target.nodes.keySet()));
  }

  @ParameterizedTest(name = "seed {0}")
  @MethodSource("seeds")
  void excludedIsLeftAsItIs(long seed) {
    Random random = new Random(seed);
    ModelSide source = tree(random);
    ModelSide target = tree(random);
    source.file("surely", "one", NOW);
    SyncOptions options =
        SyncOptions.builder()
            .delete(true)
            .maxDelete(1000)
            .exclude(List.of("f1", "d2"))
            .parallel(1)
            .build();
    Map<String, ModelSide.Node> protectedBefore = excluded(target);
    Sync sync = new Sync(source, target, options, InstantSource.fixed(NOW));
    SyncReceipt receipt = sync.run(ModelSide.between(source, target));
    assertThat(receipt.isComplete()).isTrue();
    assertThat(excluded(target)).isEqualTo(protectedBefore);
    assertThat(sync.plan().isEmpty()).isTrue();
  }

  private static Map<String, ModelSide.Node> excluded(ModelSide side) {
    Map<String, ModelSide.Node> found = new TreeMap<>(side.nodes);
    found
        .keySet()
        .removeIf(path -> !path.endsWith("f1") && !List.of(path.split("/", -1)).contains("d2"));
    return found;
  }

  private static Map<String, String> contents(ModelSide side) {
    Map<String, String> contents = new TreeMap<>();
    side.nodes.forEach((path, node) -> contents.put(path, node.kind() + node.content()));
    return contents;
  }

  // files and directories have other names, so that they are never in each other's way
  private static ModelSide tree(Random random) {
    ModelSide side = new ModelSide();
    int count = random.nextInt(25);
    for (int i = 0; i < count; i++) {
      StringBuilder path = new StringBuilder();
      for (int depth = random.nextInt(4); depth > 0; depth--) {
        path.append("d")
            .append(random.nextInt(3))
            .append(random.nextInt(4) == 0 ? "-" : "")
            .append('/');
      }
      if (random.nextInt(5) == 0 && path.length() > 0) {
        side.directory(path.substring(0, path.length() - 1));
      } else {
        String content = "abc".substring(random.nextInt(3)).repeat(random.nextInt(3));
        // content and time go together: what has the same size and time is the same
        Instant time = NOW.plusSeconds(content.hashCode() % 1000 + 5L * random.nextInt(2));
        side.file(path + "f" + random.nextInt(6), content, time);
      }
    }
    return side;
  }
}
