import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.eden4j.compressor.Method;
import org.eden4j.dl4j.EdenTraining;
import org.eden4j.transport.Aggregator;
import org.eden4j.transport.job.JobAddress;

/**
 * An aggregator in this process, and two workers in processes that it starts: without arguments, or
 * {@code ADDRESS INDEX}.
 */
final class SeveralProcesses {
    private static final int WORKERS = 2;

    private SeveralProcesses() {}

    public static void main(String[] args) throws Exception {
        if (args.length == 2) {
            train(args[0], Integer.parseInt(args[1]));
            return;
        }
        List<String> said = new ArrayList<>();
        try (var aggregator = Aggregator.builder(JobAddress.udp("127.0.0.1", 0), WORKERS, Method.parse("eden:bits=4"))
            .start()) {
            List<Process> workers = new ArrayList<>();
            for (int worker = 0; worker < WORKERS; worker++) {
                workers.add(start(aggregator.address().toString(), worker));
            }
            aggregator.awaitEnd();
            for (Process worker : workers) {
                said.add(new String(worker.getInputStream().readAllBytes()).strip());
                Points.require(worker.waitFor() == 0, "that each worker ends well");
            }
        }
        System.out.println(String.join(System.lineSeparator(), said));
        Points.require(said.stream().map(line -> line.substring(line.indexOf(':'))).distinct().count() == 1,
                "equal replicas");
    }

    private static void train(String address, int index) throws Exception {
        MultiLayerNetwork net = Points.network();
        try (var eden = EdenTraining.builder(net).job(address).index(index).averagingFrequency(10).join()) {
            net.fit(new ListDataSetIterator<>(Points.batches(60, index), 1), 2);
        }
        System.out.printf("worker %d: accuracy %.4f, sum of the parameters %.9g%n", index, Points.accuracy(net),
                net.params().sumNumber().doubleValue());
    }

    /** Starts this program with the flags and the class path of this process. */
    private static Process start(String address, int index) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        ManagementFactory.getRuntimeMXBean()
            .getInputArguments()
            .stream()
            .filter(flag -> flag.startsWith("--"))
            .forEach(command::add);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), SeveralProcesses.class.getName(), address,
                Integer.toString(index)));
        return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD)
            .directory(new File("."))
            .start();
    }
}
