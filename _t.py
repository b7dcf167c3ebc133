import time,tempfile,faulthandler,sys
from pathlib import Path
from tests.benchmarks import load
from tests.ui import served
from tests.ui.served import Config
t0=time.monotonic()
with served.serve(Path(tempfile.mkdtemp(dir='/tmp/safe')),IDIA_ADDRESS_RUNS_PER_MINUTE='0') as app:
    print('up',time.monotonic()-t0,flush=True)
    c=Config.read(app.url)
    for q in load.questions(5)+load.questions(5):
        faulthandler.dump_traceback_later(60, exit=False)
        t=time.monotonic(); load.visit(app,c,q,None,time.monotonic()+600); print(round(time.monotonic()-t,1),flush=True)
