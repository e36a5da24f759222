package io.waybill.transfer.sidecar;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The sidecars among the names of one directory, for whoever asks about many of its files: other
 * names are not kept.
 */
public final class SidecarIndex {
  private final Map<String, List<String>> own;
  private final List<String> shared;
  private final Set<String> sidecars;

  private SidecarIndex(Map<String, List<String>> own, List<String> shared, Set<String> sidecars) {
    this.own = own;
    this.shared = shared;
    this.sidecars = sidecars;
  }

  /**
   * Sorts names out.
   *
   * @param names of the files that are in the directory, one segment each
   */
  public static SidecarIndex of(Collection<String> names) {
    Set<String> all = new HashSet<>(names);
    Map<String, List<String>> own = new HashMap<>();
    List<String> shared = new ArrayList<>();
    Set<String> sidecars = new HashSet<>();
    for (String each : names) {
      Optional<String> file = SidecarName.file(each);
      file.ifPresent(of -> own.computeIfAbsent(of, key -> new ArrayList<>()).add(each));
      if (file.filter(all::contains).isPresent()) {
        sidecars.add(each); // x.sha256sum beside x tells of no other
      } else if (SidecarName.isOfMany(each)) {
        shared.add(each);
        sidecars.add(each);
      }
    }
    own.values().forEach(each -> each.sort(SidecarName.STRONG_NAMES_FIRST));
    shared.sort(SidecarName.STRONG_NAMES_FIRST);
    return new SidecarIndex(own, List.copyOf(shared), sidecars);
  }

  /** Returns a file's own sidecars, those of strong algorithms first. */
  public List<String> own(String file) {
    return own.getOrDefault(file, List.of());
  }

  /** Returns the sidecars that tell of many files, those of strong algorithms first. */
  public List<String> shared() {
    return shared;
  }

  /**
   * Says whether a name is that of a sidecar: one of many files, or one whose file is there, too.
   */
  public boolean isSidecar(String name) {
    return sidecars.contains(name);
  }
}
