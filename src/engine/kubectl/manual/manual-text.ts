/**
 * The manual of kubectl, for `manual.ts` to read: a command and what it is for, what follows its name, other names of it, its
 * flags as `[!|?]name[,short][:kind][=initial][~bare]`, where `!` marks those that are refused here and `?` those that make no
 * difference. All of them are those of kubectl 1.33; `autoscale --cpu --memory`, `attach --detach-keys` and `top --show-swap` came later.
 *
 * @source kubernetes kubectl/pkg/cmd (the `Use`, `Short` and flags of each command)
 */

/** Flags that many commands share. */
export const PARTS: Readonly<Record<string, string>> = {
  PRINTS: 'allow-missing-template-keys:switch=true output,o show-managed-fields:switch template',
  FILES: 'filename,f:array kustomize,k recursive,R:switch',
};

export const MANUAL_TEXT = String.raw`
annotate: Update the annotations on a resource
  usage [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]
  flags PRINTS FILES all:switch all-namespaces,A:switch dry-run=none~unchanged field-manager=kubectl-annotate field-selector list:switch
  flags local:switch overwrite:switch resource-version selector,l
api-resources: Print the supported API resources on the server
  usage [flags]
  flags api-group cached:switch categories:list namespaced:switch=true no-headers:switch output,o sort-by verbs:list
api-versions: Print the supported API versions on the server, in the form of "group/version"
apply: Apply a configuration to a resource by file name or stdin
  usage (-f FILENAME | -k DIRECTORY)
  flags PRINTS FILES all:switch ?cascade=background~background dry-run=none~unchanged field-manager=kubectl-client-side-apply !force:switch
  flags force-conflicts:switch ?grace-period:number=-1 ?openapi-patch:switch=true !overwrite:switch=true prune:switch prune-allowlist:array
  flags selector,l server-side:switch !subresource ?timeout:span validate=strict~true ?wait:switch
apply edit-last-applied: Edit latest last-applied-configuration annotations of a resource/object
  usage (RESOURCE/NAME | -f FILENAME)
  flags PRINTS FILES field-manager=kubectl-client-side-apply validate=strict~true ?windows-line-endings:switch
apply set-last-applied: Set the last-applied-configuration annotation on a live object to match the contents of a file
  usage -f FILENAME
  flags PRINTS create-annotation:switch dry-run=none~unchanged filename,f:array
apply view-last-applied: View the latest last-applied-configuration annotations of a resource/object
  usage (TYPE [NAME | -l label] | TYPE/NAME | -f FILENAME)
  flags FILES all:switch output,o=yaml selector,l
attach: Attach to a running container
  usage (POD | TYPE/NAME) -c CONTAINER
  flags container,c !detach-keys pod-running-timeout:span=1m0s quiet,q:switch stdin,i:switch tty,t:switch
auth: Inspect authorization
  usage [flags]
auth can-i: Check whether an action is allowed
  usage VERB [TYPE | TYPE/NAME | NONRESOURCEURL]
  flags all-namespaces,A:switch list:switch no-headers:switch quiet,q:switch subresource
auth reconcile: Reconciles rules for RBAC role, role binding, cluster role, and cluster role binding objects
  usage -f FILENAME
  flags PRINTS FILES dry-run=none~unchanged remove-extra-permissions:switch remove-extra-subjects:switch
auth whoami: Experimental: Check self subject attributes
  flags PRINTS
autoscale: Auto-scale a deployment, replica set, stateful set, or replication controller
  usage (-f FILENAME | TYPE NAME | TYPE/NAME) [--min=MINPODS] --max=MAXPODS [--cpu=CPU] [--memory=MEMORY]
  flags PRINTS FILES cpu cpu-percent:number=-1 dry-run=none~unchanged field-manager=kubectl-autoscale max:number=-1 memory min:number=-1
  flags name save-config:switch
certificate: Modify certificate resources
  usage SUBCOMMAND
certificate approve: Approve a certificate signing request
  usage (-f FILENAME | NAME)
  flags !allow-missing-template-keys:switch=true !filename,f:array force:switch !kustomize,k !output,o !recursive,R:switch
  flags !show-managed-fields:switch !template
certificate deny: Deny a certificate signing request
  usage (-f FILENAME | NAME)
  flags !allow-missing-template-keys:switch=true !filename,f:array force:switch !kustomize,k !output,o !recursive,R:switch
  flags !show-managed-fields:switch !template
cluster-info: Display cluster information
  usage [flags]
cluster-info dump: Dump relevant information for debugging and diagnosis
  usage [flags]
  flags all-namespaces,A:switch allow-missing-template-keys:switch=true namespaces:plain=[] output,o=json output-directory
  flags ?pod-running-timeout:span=20s show-managed-fields:switch template
completion: Output shell completion code for the specified shell (bash, zsh, fish, or powershell)
  usage SHELL
config: Modify kubeconfig files
  usage SUBCOMMAND
config current-context: Display the current-context
  usage [flags]
config delete-cluster: Delete the specified cluster from the kubeconfig
  usage NAME
config delete-context: Delete the specified context from the kubeconfig
  usage NAME
config delete-user: Delete the specified user from the kubeconfig
  usage NAME
config get-clusters: Display clusters defined in the kubeconfig
  usage [flags]
config get-contexts: Describe one or many contexts
  usage [(-o|--output=)name)]
  flags no-headers:switch output,o
config get-users: Display users defined in the kubeconfig
  usage [flags]
config rename-context: Rename a context from the kubeconfig file
  usage CONTEXT_NAME NEW_NAME
config set: Set an individual value in a kubeconfig file
  usage PROPERTY_NAME PROPERTY_VALUE
  flags set-raw-bytes:switch
config set-cluster: Set a cluster entry in kubeconfig
  usage NAME [--server=server] [--certificate-authority=path/to/certificate/authority] [--insecure-skip-tls-verify=true] [--tls-server-name=example.com]
  flags certificate-authority embed-certs:switch insecure-skip-tls-verify:switch proxy-url server tls-server-name
config set-context: Set a context entry in kubeconfig
  usage [NAME | --current] [--cluster=cluster_nickname] [--user=user_nickname] [--namespace=namespace]
  flags cluster current:switch namespace user
config set-credentials: Set a user entry in kubeconfig
  usage NAME [--client-certificate=path/to/certfile] [--client-key=path/to/keyfile] [--token=bearer_token] [--username=basic_user] [--password=basic_password] [--auth-provider=provider_name] [--auth-provider-arg=key=value] [--exec-command=exec_command] [--exec-api-version=exec_api_version] [--exec-arg=arg] [--exec-env=key=value]
  flags auth-provider auth-provider-arg:array client-certificate client-key embed-certs:switch exec-api-version exec-arg:array
  flags exec-command exec-env:array exec-interactive-mode exec-provide-cluster-info:switch password token username
config unset: Unset an individual value in a kubeconfig file
  usage PROPERTY_NAME
config use-context: Set the current-context in a kubeconfig file
  usage CONTEXT_NAME
  also use
config view: Display merged kubeconfig settings or a specified kubeconfig file
  usage [flags]
  flags allow-missing-template-keys:switch=true ?flatten:switch ?merge:switch=true minify:switch output,o=yaml raw:switch
  flags show-managed-fields:switch template
cordon: Mark node as unschedulable
  usage NODE
  flags dry-run=none~unchanged selector,l
cp: Copy files and directories to and from containers
  usage <file-spec-src> <file-spec-dest>
  flags container,c no-preserve:switch ?retries:number
create: Create a resource from a file or from stdin
  usage -f FILENAME
  flags PRINTS FILES dry-run=none~unchanged edit:switch field-manager=kubectl-create !raw save-config:switch selector,l validate=strict~true
  flags ?windows-line-endings:switch
create clusterrole: Create a cluster role
  usage NAME --verb=verb --resource=resource.group [--resource-name=resourcename] [--dry-run=server|client|none]
  flags PRINTS aggregation-rule:plain dry-run=none~unchanged field-manager=kubectl-create non-resource-url:list resource:list
  flags resource-name:array save-config:switch validate=strict~true verb:list
create clusterrolebinding: Create a cluster role binding for a particular cluster role
  usage NAME --clusterrole=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]
  flags PRINTS clusterrole dry-run=none~unchanged field-manager=kubectl-create group:list save-config:switch serviceaccount:list user:list
  flags validate=strict~true
create configmap: Create a config map from a local file, directory or literal value
  usage NAME [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]
  also cm
  flags PRINTS append-hash:switch dry-run=none~unchanged field-manager=kubectl-create from-env-file:array from-file:array from-literal:array
  flags save-config:switch validate=strict~true
create cronjob: Create a cron job with the specified name
  usage NAME --image=image --schedule='0/5 * * * ?' -- [COMMAND] [args...] [flags]
  also cj
  flags PRINTS dry-run=none~unchanged field-manager=kubectl-create image restart save-config:switch schedule validate=strict~true
create deployment: Create a deployment with the specified name
  usage NAME --image=image -- [COMMAND] [args...]
  also deploy
  flags PRINTS dry-run=none~unchanged field-manager=kubectl-create image:list port:number=-1 replicas,r:number=1 save-config:switch
  flags validate=strict~true
create ingress: Create an ingress with the specified name
  usage NAME --rule=host/path=service:port[,tls[=secret]]
  also ing
  flags PRINTS annotation:array class default-backend dry-run=none~unchanged field-manager=kubectl-create rule:array save-config:switch
  flags validate=strict~true
create job: Create a job with the specified name
  usage NAME --image=image [--from=cronjob/name] -- [COMMAND] [args...]
  flags PRINTS dry-run=none~unchanged field-manager=kubectl-create from image save-config:switch validate=strict~true
create namespace: Create a namespace with the specified name
  usage NAME [--dry-run=server|client|none]
  also ns
  flags PRINTS dry-run=none~unchanged field-manager=kubectl-create save-config:switch validate=strict~true
create poddisruptionbudget: Create a pod disruption budget with the specified name
  usage NAME --selector=SELECTOR --min-available=N [--dry-run=server|client|none]
  also pdb
  flags PRINTS dry-run=none~unchanged field-manager=kubectl-create max-unavailable min-available save-config:switch selector
  flags validate=strict~true
create priorityclass: Create a priority class with the specified name
  usage NAME --value=VALUE --global-default=BOOL [--dry-run=server|client|none]
  also pc
  flags PRINTS description dry-run=none~unchanged field-manager=kubectl-create global-default:switch preemption-policy=PreemptLowerPriority
  flags save-config:switch validate=strict~true value:number
create quota: Create a quota with the specified name
  usage NAME [--hard=key1=value1,key2=value2] [--scopes=Scope1,Scope2] [--dry-run=server|client|none]
  also resourcequota
  flags PRINTS dry-run=none~unchanged field-manager=kubectl-create hard save-config:switch scopes validate=strict~true
create role: Create a role with single rule
  usage NAME --verb=verb --resource=resource.group/subresource [--resource-name=resourcename] [--dry-run=server|client|none]
  flags PRINTS dry-run=none~unchanged field-manager=kubectl-create resource:list resource-name:array save-config:switch validate=strict~true
  flags verb:list
create rolebinding: Create a role binding for a particular role or cluster role
  usage NAME --clusterrole=NAME|--role=NAME [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]
  flags PRINTS clusterrole dry-run=none~unchanged field-manager=kubectl-create group:list role save-config:switch serviceaccount:list
  flags user:list validate=strict~true
create secret: Create a secret using a specified subcommand
  usage (docker-registry | generic | tls)
create secret docker-registry: Create a secret for use with a Docker registry
  usage NAME --docker-username=user --docker-password=password --docker-email=email [--docker-server=string] [--from-file=[key=]source] [--dry-run=server|client|none]
  flags PRINTS append-hash:switch docker-email docker-password docker-server=https://index.docker.io/v1/ docker-username
  flags dry-run=none~unchanged field-manager=kubectl-create from-file:array save-config:switch validate=strict~true
create secret generic: Create a secret from a local file, directory, or literal value
  usage NAME [--type=string] [--from-file=[key=]source] [--from-literal=key1=value1] [--dry-run=server|client|none]
  flags PRINTS append-hash:switch dry-run=none~unchanged field-manager=kubectl-create from-env-file:array from-file:array from-literal:array
  flags save-config:switch type validate=strict~true
create secret tls: Create a TLS secret
  usage NAME --cert=path/to/cert/file --key=path/to/key/file [--dry-run=server|client|none]
  flags PRINTS append-hash:switch cert dry-run=none~unchanged field-manager=kubectl-create key save-config:switch validate=strict~true
create service: Create a service using a specified subcommand
  usage [flags]
  also svc
create service clusterip: Create a ClusterIP service
  usage NAME [--tcp=<port>:<targetPort>] [--dry-run=server|client|none]
  flags PRINTS clusterip dry-run=none~unchanged field-manager=kubectl-create save-config:switch tcp:list validate=strict~true
create service externalname: Create an ExternalName service
  usage NAME --external-name external.name [--dry-run=server|client|none]
  flags PRINTS dry-run=none~unchanged external-name field-manager=kubectl-create save-config:switch tcp:list validate=strict~true
create service loadbalancer: Create a LoadBalancer service
  usage NAME [--tcp=port:targetPort] [--dry-run=server|client|none]
  flags PRINTS dry-run=none~unchanged field-manager=kubectl-create save-config:switch tcp:list validate=strict~true
create service nodeport: Create a NodePort service
  usage NAME [--tcp=port:targetPort] [--dry-run=server|client|none]
  flags PRINTS dry-run=none~unchanged field-manager=kubectl-create node-port:number save-config:switch tcp:list validate=strict~true
create serviceaccount: Create a service account with the specified name
  usage NAME [--dry-run=server|client|none]
  also sa
  flags PRINTS dry-run=none~unchanged field-manager=kubectl-create save-config:switch validate=strict~true
create token: Request a service account token
  usage SERVICE_ACCOUNT_NAME
  flags PRINTS audience:list bound-object-kind bound-object-name bound-object-uid duration:plain=0s
debug: Create debugging sessions for troubleshooting workloads and nodes
  usage (POD | TYPE[[.VERSION].GROUP]/NAME) [ -- COMMAND [args...] ]
  flags arguments-only:switch attach:switch container,c copy-to !custom env:list filename,f:array image image-pull-policy
  flags keep-annotations:switch keep-init-containers:switch=true keep-labels:switch keep-liveness:switch keep-readiness:switch
  flags keep-startup:switch profile=legacy quiet,q:switch replace:switch same-node:switch set-image:list share-processes:switch=true
  flags stdin,i:switch target tty,t:switch
delete: Delete resources by file names, stdin, resources and names, or by resources and label selector
  usage ([-f FILENAME] | [-k DIRECTORY] | TYPE [(NAME | -l label | --all)])
  flags FILES all:switch all-namespaces,A:switch cascade=background~background dry-run=none~unchanged field-selector force:switch
  flags grace-period:number=-1 ignore-not-found:switch !interactive,i:switch now:switch output,o !raw selector,l timeout:span
  flags wait:switch=true
describe: Show details of a specific resource or group of resources
  usage (-f FILENAME | TYPE [NAME_PREFIX | -l label] | TYPE/NAME)
  flags FILES all-namespaces,A:switch ?chunk-size:number=500 selector,l show-events:switch=true
diff: Diff the live version against a would-be applied version
  usage -f FILENAME
  flags FILES ?concurrency:number=1 field-manager=kubectl-client-side-apply force-conflicts:switch !prune:switch !prune-allowlist:array
  flags selector,l server-side:switch show-managed-fields:switch
drain: Drain node in preparation for maintenance
  usage NODE
  flags ?chunk-size:number=500 delete-emptydir-data:switch disable-eviction:switch dry-run=none~unchanged force:switch
  flags grace-period:number=-1 ignore-daemonsets:switch pod-selector selector,l ?skip-wait-for-delete-timeout:number timeout:span
edit: Edit a resource on the server
  usage (RESOURCE/NAME | -f FILENAME)
  flags PRINTS FILES field-manager=kubectl-edit output-patch:switch !save-config:switch subresource validate=strict~true
  flags ?windows-line-endings:switch
events: List events
  usage [(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file] [--for TYPE/NAME] [--watch] [--types=Normal,Warning]
  flags PRINTS all-namespaces,A:switch ?chunk-size:number=500 for no-headers:switch types:list watch,w:switch
exec: Execute a command in a container
  usage (POD | TYPE/NAME) [-c CONTAINER] [flags] -- COMMAND [args...]
  flags container,c filename,f:array ?pod-running-timeout:span=1m0s quiet,q:switch stdin,i:switch tty,t:switch
explain: Get documentation for a resource
  usage TYPE [--recursive=FALSE|TRUE] [--api-version=api-version-group] [-o|--output=plaintext|plaintext-openapiv2]
  flags api-version output=plaintext recursive:switch
expose: Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service
  usage (-f FILENAME | TYPE NAME) [--port=port] [--protocol=TCP|UDP|SCTP] [--target-port=number-or-name] [--name=name] [--external-ip=external-ip-of-service] [--type=type]
  flags PRINTS FILES cluster-ip dry-run=none~unchanged external-ip field-manager=kubectl-expose labels,l load-balancer-ip name
  flags !override-type=merge overrides port protocol save-config:switch selector session-affinity target-port type
get: Display one or many resources
  usage [(-o|--output=)json|yaml|name|go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file|custom-columns|custom-columns-file|wide] (TYPE[.VERSION][.GROUP] [NAME | -l label] | TYPE[.VERSION][.GROUP]/NAME ...) [flags]
  flags PRINTS FILES all-namespaces,A:switch ?chunk-size:number=500 field-selector ignore-not-found:switch label-columns,L:list
  flags no-headers:switch output-watch-events:switch raw selector,l !server-print:switch=true show-kind:switch show-labels:switch sort-by
  flags subresource watch,w:switch watch-only:switch
kustomize: Build a kustomization target from a directory or URL
  usage DIR [flags]
  flags !as-current-user:switch !enable-alpha-plugins:switch !enable-helm:switch !env,e:array !helm-api-versions:list !helm-command=helm
  flags !helm-debug:switch !helm-kube-version !load-restrictor=LoadRestrictionsRootOnly !mount:array !network:switch !network-name=bridge
  flags output,o
label: Update the labels on a resource
  usage [--overwrite] (-f FILENAME | TYPE NAME) KEY_1=VAL_1 ... KEY_N=VAL_N [--resource-version=version]
  flags PRINTS FILES all:switch all-namespaces,A:switch dry-run=none~unchanged field-manager=kubectl-label field-selector list:switch
  flags local:switch overwrite:switch resource-version selector,l
logs: Print the logs for a container in a pod
  usage [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]
  flags all-containers:switch all-pods:switch container,c follow,f:switch ?ignore-errors:switch ?insecure-skip-tls-verify-backend:switch
  flags limit-bytes:number max-log-requests:number=5 ?pod-running-timeout:span=20s prefix:switch previous,p:switch selector,l since:span
  flags since-time tail:number=-1 timestamps:switch
options: Print the list of flags inherited by all commands
  flags as as-group:array as-uid ?cache-dir=/home/user/.kube/cache !certificate-authority !client-certificate !client-key !cluster context
  flags ?disable-compression:switch ?insecure-skip-tls-verify:switch kubeconfig ?log-flush-frequency:span=5s ?match-server-version:switch
  flags namespace,n !password ?profile=none ?profile-output=profile.pprof request-timeout=0 !server,s !tls-server-name token !user !username
  flags ?v,v:number ?vmodule:plain !warnings-as-errors:switch
patch: Update fields of a resource
  usage (-f FILENAME | TYPE NAME) [-p PATCH|--patch-file FILE]
  flags PRINTS FILES dry-run=none~unchanged field-manager=kubectl-patch !local:switch patch,p patch-file subresource type=strategic
plugin: Provides utilities for interacting with plugins
  usage [flags]
plugin list: List all visible plugin executables on a user's PATH
  usage [flags]
  flags ?name-only:switch
port-forward: Forward one or more local ports to a pod
  usage TYPE/NAME [options] [LOCAL_PORT:]REMOTE_PORT [...[LOCAL_PORT_N:]REMOTE_PORT_N]
  flags address:array=[localhost] pod-running-timeout:span=1m0s
proxy: Run a proxy to the Kubernetes API server
  usage [--port=PORT] [--www=static-dir] [--www-prefix=prefix] [--api-prefix=prefix]
  flags accept-hosts=^localhost$,^127\.0\.0\.1$,^\[::1\]$ accept-paths=^.* address=127.0.0.1 api-prefix=/ !append-server-path:switch
  flags disable-filter:switch ?keepalive:span port,p:number=8001 reject-methods=^$
  flags reject-paths=^/api/.*/pods/.*/exec,^/api/.*/pods/.*/attach !unix-socket,u !www,w !www-prefix,P=/static/
replace: Replace a resource by file name or stdin
  usage -f FILENAME
  flags PRINTS FILES ?cascade=background~background dry-run=none~unchanged field-manager=kubectl-replace force:switch grace-period:number=-1
  flags !raw save-config:switch !subresource timeout:span validate=strict~true ?wait:switch
rollout: Manage the rollout of a resource
  usage SUBCOMMAND
rollout history: View rollout history
  usage (TYPE NAME | TYPE/NAME) [flags]
  flags PRINTS FILES revision:number selector,l
rollout pause: Mark the provided resource as paused
  usage RESOURCE
  flags PRINTS FILES field-manager=kubectl-rollout selector,l
rollout restart: Restart a resource
  usage RESOURCE
  flags PRINTS FILES field-manager=kubectl-rollout selector,l
rollout resume: Resume a paused resource
  usage RESOURCE
  flags PRINTS FILES field-manager=kubectl-rollout selector,l
rollout status: Show the status of the rollout
  usage (TYPE NAME | TYPE/NAME) [flags]
  flags FILES revision:number selector,l timeout:span watch,w:switch=true
rollout undo: Undo a previous rollout
  usage (TYPE NAME | TYPE/NAME) [flags]
  flags PRINTS FILES dry-run=none~unchanged selector,l to-revision:number
run: Run a particular image on the cluster
  usage NAME --image=image [--env="key=value"] [--port=port] [--dry-run=server|client] [--overrides=inline-json] [--command] -- [COMMAND] [args...]
  flags PRINTS FILES annotations:array attach:switch ?cascade=background~background command:switch dry-run=none~unchanged env:array
  flags expose:switch field-manager=kubectl-run ?force:switch ?grace-period:number=-1 image image-pull-policy labels,l
  flags leave-stdin-open:switch !override-type=merge overrides ?pod-running-timeout:span=1m0s port privileged:switch quiet,q:switch
  flags restart=Always rm:switch save-config:switch stdin,i:switch ?timeout:span tty,t:switch ?wait:switch
scale: Set a new size for a deployment, replica set, or replication controller
  usage [--resource-version=version] [--current-replicas=count] --replicas=COUNT (-f FILENAME | TYPE NAME)
  flags PRINTS FILES all:switch current-replicas:number=-1 dry-run=none~unchanged replicas:number resource-version selector,l !timeout:span
set: Set specific features on objects
  usage SUBCOMMAND
set env: Update environment variables on a pod template
  usage RESOURCE/NAME KEY_1=VAL_1 ... KEY_N=VAL_N
  flags PRINTS FILES all:switch containers,c=* dry-run=none~unchanged env,e:array field-manager=kubectl-set from keys:list list:switch
  flags local:switch overwrite:switch=true prefix ?resolve:switch selector,l
set image: Update the image of a pod template
  usage (-f FILENAME | TYPE NAME) CONTAINER_NAME_1=CONTAINER_IMAGE_1 ... CONTAINER_NAME_N=CONTAINER_IMAGE_N
  flags PRINTS FILES all:switch dry-run=none~unchanged field-manager=kubectl-set local:switch selector,l
set resources: Update resource requests/limits on objects with pod templates
  usage (-f FILENAME | TYPE NAME)  ([--limits=LIMITS & --requests=REQUESTS]
  flags PRINTS FILES all:switch containers,c=* dry-run=none~unchanged field-manager=kubectl-set limits local:switch requests selector,l
set selector: Set the selector on a resource
  usage (-f FILENAME | TYPE NAME) EXPRESSIONS [--resource-version=version]
  flags PRINTS all:switch dry-run=none~unchanged field-manager=kubectl-set filename,f:array local:switch recursive,R:switch=true
  flags resource-version
set serviceaccount: Update the service account of a resource
  usage (-f FILENAME | TYPE NAME) SERVICE_ACCOUNT
  also sa
  flags PRINTS FILES all:switch dry-run=none~unchanged field-manager=kubectl-set local:switch
set subject: Update the user, group, or service account in a role binding or cluster role binding
  usage (-f FILENAME | TYPE NAME) [--user=username] [--group=groupname] [--serviceaccount=namespace:serviceaccountname] [--dry-run=server|client|none]
  flags PRINTS FILES all:switch dry-run=none~unchanged field-manager=kubectl-set group:list local:switch selector,l serviceaccount:list
  flags user:list
taint: Update the taints on one or more nodes
  usage NODE NAME KEY_1=VAL_1:TAINT_EFFECT_1 ... KEY_N=VAL_N:TAINT_EFFECT_N
  flags PRINTS all:switch dry-run=none~unchanged field-manager=kubectl-taint overwrite:switch selector,l validate=strict~true
top: Display resource (CPU/memory) usage
  usage [flags]
top node: Display resource (CPU/memory) usage of nodes
  usage [NAME | -l label]
  also nodes no
  flags no-headers:switch selector,l show-capacity:switch !show-swap:switch sort-by ?use-protocol-buffers:switch=true
top pod: Display resource (CPU/memory) usage of pods
  usage [NAME | -l label]
  also pods po
  flags all-namespaces,A:switch containers:switch field-selector no-headers:switch selector,l !show-swap:switch sort-by sum:switch
  flags ?use-protocol-buffers:switch=true
uncordon: Mark node as schedulable
  usage NODE
  flags dry-run=none~unchanged selector,l
version: Print the client and server version information
  usage [flags]
  flags client:switch output,o
wait: Experimental: Wait for a specific condition on one or many resources
  usage ([-f FILENAME] | resource.group/resource.name | resource.group [(-l label | --all)]) [--for=create|--for=delete|--for condition=available|--for=jsonpath='{}'[=value]]
  flags PRINTS all:switch all-namespaces,A:switch field-selector filename,f:array for !local:switch recursive,R:switch=true selector,l
  flags timeout:span=30s
`;
