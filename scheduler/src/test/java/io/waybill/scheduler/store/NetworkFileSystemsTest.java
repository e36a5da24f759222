package io.waybill.scheduler.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.waybill.scheduler.SchedulerException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** By the type that a lookup tells: a real network drive is not mounted here. */
class NetworkFileSystemsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nfs",
        "nfs4",
        "NFS",
        "cifs",
        "smb3",
        "smbfs",
        "9p",
        "ceph",
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.glusterfs",
        "lustre"
      })
  void aStoreBehindANetworkIsRefusedByTheNameOfItsFileSystem(String type) {
    assertThatThrownBy(
            () -> new NetworkFileSystems(path -> type).refuse(folder.resolve("new/waybill")))
        .isInstanceOf(SchedulerException.StoreRefused.class)
        .hasMessageContaining(folder.resolve("new/waybill").toString())
        .hasMessageContaining("network drive")
        .hasMessageContainingAll("PostgreSQL", "disk of this machine")
        .hasMessageContaining("(" + type.toLowerCase(Locale.ROOT) + ")");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ext4", "xfs", "btrfs", "zfs", "tmpfs", "overlay", "NTFS", "apfs", "fuseblk", ""})
  void aDiskOfThisMachineIsNot(String type) {
    assertThatCode(() -> new NetworkFileSystems(path -> type).refuse(folder.resolve("waybill")))
        .doesNotThrowAnyException();
  }

  @Test
  void whatIsAskedAboutIsTheNearestDirectoryThatIsThere() throws IOException {
    List<Path> asked = new ArrayList<>();
    new NetworkFileSystems(
            path -> {
              asked.add(path);
              return "ext4";
            })
        .refuse(folder.resolve("a/b/waybill"));
    assertThat(asked).containsExactly(folder.toRealPath());
  }

  @Test
  void whereNobodyKnowsNothingIsRefused() {
    NetworkFileSystems unknown =
        new NetworkFileSystems(
            path -> {
              throw new IOException("no such mount");
            });
    assertThatCode(() -> unknown.refuse(folder.resolve("waybill"))).doesNotThrowAnyException();
  }
}
