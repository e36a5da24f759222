package io.waybill.mail.smime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WithoutBouncyCastleTest {
  @ParameterizedTest
  @ValueSource(strings = {"SmimeSigner", "SmimeEncrypter"})
  void namesTheArtifactThatIsMissing(String type) throws Exception {
    List<URL> classPath = new ArrayList<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      if (!entry.contains("bouncycastle") && !entry.isEmpty()) {
        classPath.add(Path.of(entry).toUri().toURL());
      }
    }
    try (URLClassLoader loader =
        new URLClassLoader(classPath.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
      Class<?> hidden = loader.loadClass("io.waybill.mail.smime." + type);
      assertThat(hidden.getClassLoader()).isSameAs(loader);
      Throwable thrown = catchThrowable(() -> hidden.getMethod("builder").invoke(null));
      assertThat(thrown.getCause())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("org.bouncycastle:bcpkix-jdk18on");
    }
  }
}
