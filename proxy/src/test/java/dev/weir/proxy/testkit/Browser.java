package dev.weir.proxy.testkit;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/// Chromium without a screen, driven by its DevTools protocol. Thread-safe.
public final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> PROGRAMS = List.of("/usr/bin/chromium", "/usr/bin/chromium-browser");

    private final Process process;
    private final Path directory;
    private final HttpClient client = HttpClient.newHttpClient();
    private final WebSocket socket;
    private final AtomicInteger ids = new AtomicInteger();
    private final Map<Integer, CompletableFuture<Map<String, String>>> answers = new ConcurrentHashMap<>();
    private final List<String> complaints = new CopyOnWriteArrayList<>();

    private Browser(Process process, Path directory, int port) {
        this.process = process;
        this.directory = directory;
        URI page = URI.create("ws://127.0.0.1:" + port + "/devtools/page/" + pageId(port));
        this.socket = client.newWebSocketBuilder()
                .connectTimeout(PATIENCE)
                .buildAsync(page, new Receiver())
                .join();
        command("Runtime.enable");
        command("Log.enable");
        command("Page.enable");
    }

    /// Where Chromium is on this machine; `null` if it has none.
    public static @Nullable Path program() {
        return PROGRAMS.stream()
                .map(Path::of)
                .filter(Files::isExecutable)
                .findFirst()
                .orElse(null);
    }

    /// Starts it with an empty page.
    public static Browser start(Path program) throws IOException {
        Path directory = Scratch.directory("browser");
        Process process = new ProcessBuilder(
                        program.toString(),
                        "--headless=new",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--no-first-run",
                        "--hide-scrollbars",
                        "--remote-debugging-port=0",
                        "--remote-allow-origins=*",
                        "--user-data-dir=" + directory,
                        "about:blank")
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output.txt").toFile())
                .start();
        try {
            Path port = directory.resolve("DevToolsActivePort");
            Awaitility.await().atMost(PATIENCE).until(() -> Files.exists(port) && Files.size(port) > 0);
            return new Browser(
                    process,
                    directory,
                    Integer.parseInt(Files.readAllLines(port).getFirst()));
        } catch (RuntimeException | IOException e) {
            process.destroyForcibly();
            throw e;
        }
    }

    private String pageId(int port) {
        try (HttpClient http = HttpClient.newHttpClient()) {
            String pages = http.send(
                            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/list"))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
            String mark = "/devtools/page/";
            int begin = pages.indexOf(mark) + mark.length();
            return pages.substring(begin, pages.indexOf('"', begin));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Opens a page.
    public Browser open(URI page) {
        command("Page.navigate", "url", page.toString());
        return this;
    }

    /// Sets the size of the window in CSS pixels.
    public Browser size(int width, int height) {
        command(
                "Emulation.setDeviceMetricsOverride",
                "width",
                width,
                "height",
                height,
                "deviceScaleFactor",
                1,
                "mobile",
                width < 600);
        return this;
    }

    /// Has pages believe that their reader likes it dark, or light.
    public Browser dark(boolean dark) {
        evaluate("0");
        send(
                "Emulation.setEmulatedMedia",
                "\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + (dark ? "dark" : "light") + "\"}]");
        return this;
    }

    /// The value of a JavaScript expression as text.
    public String evaluate(String expression) {
        Map<String, String> answer =
                command("Runtime.evaluate", "expression", "String(" + expression + ")", "awaitPromise", true);
        if (answer.containsKey("result.exceptionDetails.text")) {
            throw new AssertionError(expression + ": " + answer);
        }
        return answer.getOrDefault("result.result.value", "");
    }

    /// The text that a reader sees in an element.
    public String text(String selector) {
        return evaluate("document.querySelector('" + selector + "')?.innerText ?? ''");
    }

    /// The whole page as a PNG file.
    public byte[] picture() {
        String data = command("Page.captureScreenshot", "format", "png", "captureBeyondViewport", true)
                .getOrDefault("result.data", "");
        return Base64.getDecoder().decode(data);
    }

    /// What the browser complained about so far: exceptions, and what a policy forbade.
    public List<String> complaints() {
        return List.copyOf(complaints);
    }

    private Map<String, String> command(String method, Object... parameters) {
        StringWriter json = new StringWriter();
        try (JsonGenerator out = new JsonFactory().createGenerator(json)) {
            out.writeStartObject();
            for (int i = 0; i < parameters.length; i += 2) {
                out.writeFieldName((String) parameters[i]);
                switch (parameters[i + 1]) {
                    case Integer number -> out.writeNumber(number);
                    case Boolean flag -> out.writeBoolean(flag);
                    default -> out.writeString((String) parameters[i + 1]);
                }
            }
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        String object = json.toString();
        return send(method, object.substring(1, object.length() - 1));
    }

    private Map<String, String> send(String method, String parameters) {
        int id = ids.incrementAndGet();
        CompletableFuture<Map<String, String>> answer = new CompletableFuture<>();
        answers.put(id, answer);
        socket.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":{" + parameters + "}}", true)
                .join();
        try {
            return answer.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            throw new AssertionError("no answer to " + method, e);
        }
    }

    private void onMessage(String text) {
        Map<String, String> message = flat(text);
        String id = message.get("id");
        if (id != null) {
            CompletableFuture<Map<String, String>> answer = answers.remove(Integer.valueOf(id));
            if (answer != null) {
                answer.complete(message);
            }
            return;
        }
        String method = message.getOrDefault("method", "");
        if (method.equals("Runtime.exceptionThrown")
                || (method.equals("Log.entryAdded")
                        && "error".equals(message.get("params.entry.level"))
                        && !"network".equals(message.get("params.entry.source")))) {
            complaints.add(text);
        }
    }

    /// The values within a JSON text by their names from the outside in, with dots between; arrays are numbered.
    private static Map<String, String> flat(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        try (JsonParser in = new JsonFactory().createParser(text)) {
            for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
                if (token.isScalarValue()) {
                    String path = in.getParsingContext()
                            .pathAsPointer()
                            .toString()
                            .substring(1)
                            .replace('/', '.');
                    values.put(path, in.getText());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    @Override
    public void close() {
        socket.abort();
        client.close();
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Scratch.delete(directory);
    }

    private final class Receiver implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
            text.append(part);
            if (last) {
                String message = text.toString();
                text.setLength(0);
                onMessage(message);
            }
            from.request(1);
            return null;
        }
    }
}
